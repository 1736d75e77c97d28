/** What fits have changed: the last one, and all of them. */
import type { JSX } from "preact";
import { useCardQuery } from "../../api/use_query";
import { TrustHistoryDocument, TrustLastFitDocument, type TrustHistoryQuery } from "../../generated/documents";
import { formatMoment, formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { batchesOf, OUTCOMES, outcomesOf, summaryOf, type FitBatch } from "./fits";
import { FitTable } from "./fit_table";
import messages from "./messages";
import type { Rights } from "./roles";
import { useAgain } from "./use_again";

const STEPS = ["l1", "l3", "l4", "l5"] as const;

export function LastChangeCard({ changes, rights }: { changes: number; rights: Rights }): JSX.Element {
  return rights.operations ? <LastRun changes={changes} /> : <LastSets changes={changes} />;
}

function LastRun({ changes }: { changes: number }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const query = useAgain(useCardQuery(TrustLastFitDocument, {}), changes);
  const run = query.data?.runs.nodes[0];
  return (
    <Card title={say.changedTitle} query={query} actions={run?.finishedAt && <span class="small muted">{formatMoment(run.finishedAt, language)}</span>}>
      {() => {
        const summary = run === undefined ? null : summaryOf(run.output);
        if (summary === null) return <p class="muted">{say.neverFitted}</p>;
        const whole = (value: number) => formatNumber(value, language);
        return (
          <>
            <p class="small muted">{say.changedLooked(whole(summary.targets), whole(summary.replayedLevels))}</p>
            <Outcomes counts={outcomesOf(summary.reasons)} />
            {summary.before !== null && summary.heldOut !== null && (
              <p class="small muted gap">
                {say.changedSurprise(surprise(summary.before.logLoss, language), surprise(summary.heldOut.logLoss, language), whole(summary.heldOut.answers))}
              </p>
            )}
          </>
        );
      }}
    </Card>
  );
}

/** For those who may not read what a run put out: the sets that it stored. */
function LastSets({ changes }: { changes: number }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const query = useAgain(useCardQuery(TrustHistoryDocument, {}), changes);
  const batch = batchesOf(query.data?.parameterSets.nodes ?? [])[0];
  return (
    <Card title={say.changedTitle} query={query} actions={batch && <span class="small muted">{formatMoment(batch.at, language)}</span>}>
      {() =>
        batch === undefined ? (
          <p class="muted">{say.neverFitted}</p>
        ) : (
          <>
            <p class="small muted">{say.changedStored(formatNumber(batch.sets.length, language))}</p>
            <Outcomes counts={outcomesOf(reasonsOf(batch))} />
          </>
        )
      }
    </Card>
  );
}

function reasonsOf({ sets }: FitBatch): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { fit } of sets) if (fit !== null) counts[fit.reason] = (counts[fit.reason] ?? 0) + 1;
  return counts;
}

function Outcomes({ counts }: { counts: ReturnType<typeof outcomesOf> }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  return (
    <>
      <div class="outcomes" aria-hidden="true">
        {OUTCOMES.map((outcome, place) => counts[outcome] > 0 && <i key={outcome} class={STEPS[place]} style={{ flex: counts[outcome] }} />)}
      </div>
      <ul>
        {OUTCOMES.map((outcome, place) => (
          <li key={outcome} class="outcome small">
            <i class={STEPS[place]} aria-hidden="true" />
            <strong>{formatNumber(counts[outcome], language)}</strong>
            <span class="muted">{say.outcomes[outcome]}</span>
          </li>
        ))}
      </ul>
    </>
  );
}

export function HistoryCard({ changes }: { changes: number }): JSX.Element {
  const say = useMessages(messages);
  const query = useAgain(useCardQuery(TrustHistoryDocument, {}), changes);
  return (
    <Card title={say.historyTitle} query={query}>
      {(data) => <History data={data} />}
    </Card>
  );
}

function History({ data: { parameterSets } }: { data: TrustHistoryQuery }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const batches = batchesOf(parameterSets.nodes);
  const whole = (value: number) => formatNumber(value, language);
  if (batches.length === 0) return <p class="muted">{say.historyNone}</p>;
  return (
    <>
      <ul class="fit-history">
        {batches.map((batch) => (
          <li key={batch.at}>
            <div class="row between">
              <strong>{formatMoment(batch.at, language)}</strong>
              <span class="small muted">{say.historyLine(whole(batch.active), whole(batch.sets.length))}</span>
            </div>
            <details>
              <summary>{say.show}</summary>
              <FitTable batch={batch} />
            </details>
          </li>
        ))}
      </ul>
      {parameterSets.totalCount > parameterSets.nodes.length && <p class="small muted gap">{say.historyCut(whole(parameterSets.totalCount))}</p>}
    </>
  );
}

export function surprise(value: number, language: "en" | "de"): string {
  return new Intl.NumberFormat(language, { minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(value);
}
