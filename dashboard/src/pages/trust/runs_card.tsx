/** Runs, newest first, with live progress; jobs to come; and a fit on demand. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useCardQuery } from "../../api/use_query";
import { TrustJobsDocument, TrustRunErrorsDocument, TrustRunsDocument } from "../../generated/documents";
import { formatMoment, formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { Card, States } from "../../parts/card";
import messages from "./messages";
import type { Rights } from "./roles";
import { runLines } from "./run_lines";
import { RunRow } from "./run_row";
import { StartFit } from "./start_fit";
import { useAgain } from "./use_again";

interface RunsCardProps {
  rights: Rights;
  changes: number;
  /** A run has ended: what it may have changed is asked again. */
  changed: () => void;
}

const OFTEN = 5_000;
const SELDOM = 30_000;

export function RunsCard({ rights, changes, changed }: RunsCardProps): JSX.Element {
  const say = useMessages(messages);
  const query = useAgain(useCardQuery(TrustRunsDocument, {}), changes);
  const errors = useAgain(useCardQuery(TrustRunErrorsDocument, {}, { pause: !rights.operations }), changes);
  const runs = query.data?.runs.nodes ?? [];
  const isRunning = runs.some(({ status }) => status === "RUNNING");
  // Runs of others appear too. Who may not subscribe to progress asks for it.
  const pause = isRunning && !rights.operations ? OFTEN : SELDOM;
  useEffect(() => {
    const timer = setInterval(query.retry, pause);
    return () => clearInterval(timer);
  }, [pause]);
  const reasons = new Map((errors.data?.runs.nodes ?? []).map(({ id, error }) => [id, error]));
  const columns = say.runColumns;
  return (
    <Card title={say.runsTitle} query={query} actions={rights.control && <StartFit isPossible={query.data !== undefined && !isRunning} started={query.retry} />}>
      {() => (
        <>
          {runs.length === 0 ? (
            <p class="muted">{say.runsNone}</p>
          ) : (
            <div class="tablewrap" tabIndex={0} role="region" aria-label={say.runsTitle}>
              <table class="table cards" role="table">
                <thead>
                  <tr>
                    <th scope="col">{columns.started}</th>
                    <th scope="col">{columns.what}</th>
                    <th scope="col">{columns.how}</th>
                    <th scope="col" class="r">
                      {columns.took}
                    </th>
                    <th scope="col">{columns.result}</th>
                  </tr>
                </thead>
                <tbody role="rowgroup">
                  {runLines(runs).map(({ run, times }) => (
                    <RunRow key={run.id} run={run} times={times} error={reasons.get(run.id) ?? null} rights={rights} ended={changed} />
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {rights.operations && <Jobs changes={changes} />}
        </>
      )}
    </Card>
  );
}

function Jobs({ changes }: { changes: number }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const query = useAgain(useCardQuery(TrustJobsDocument, {}), changes);
  return (
    <>
      <h3 class="upcoming">{say.nextTitle}</h3>
      <States query={query} what={say.nextTitle}>
        {({ serviceInfo }) => (
          <ul class="upcoming small">
            {serviceInfo.jobs.map(({ name, nextAt, skipped }) => (
              <li key={name}>
                <span>{say.jobs[name] ?? name}</span>
                <span class="muted">
                  {nextAt === null ? say.off : formatMoment(nextAt, language)}
                  {skipped > 0 && `, ${say.skipped(formatNumber(skipped, language))}`}
                </span>
              </li>
            ))}
          </ul>
        )}
      </States>
    </>
  );
}
