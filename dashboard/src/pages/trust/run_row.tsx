/** One run, or several of a kind; while it runs, how far it is, and a button that stops it. */
import { useMutation, useSubscription } from "@urql/preact";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { TrustCancelRunDocument, TrustRunProgressDocument, type TrustRunFragment } from "../../generated/documents";
import { formatMoment, formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import messages from "./messages";
import type { Rights } from "./roles";
import { secondsOf } from "./run_lines";

interface RunRowProps {
  run: TrustRunFragment;
  times: number;
  error: string | null;
  rights: Rights;
  ended: () => void;
}

export function RunRow({ run, times, error, rights, ended }: RunRowProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const isRunning = run.status === "RUNNING";
  const wasRunning = useRef(isRunning);
  // The event writes the run into the cache, from which the list of runs reads it.
  useSubscription({ query: TrustRunProgressDocument, variables: { id: run.id }, pause: !isRunning || !rights.operations });
  useEffect(() => {
    if (wasRunning.current && !isRunning) ended();
    wasRunning.current = isRunning;
  }, [isRunning]);
  const what = say.algorithms[run.algorithm];
  const seconds = secondsOf(run);
  const columns = say.runColumns;
  return (
    <tr role="row" data-run={run.id}>
      <td role="cell" class="whole" data-l={columns.started}>
        {formatMoment(run.startedAt, language)}
      </td>
      <th scope="row" role="rowheader">
        {times === 1 ? what : say.times(what, formatNumber(times, language))}
      </th>
      <td role="cell" class="whole" data-l={columns.how}>
        {run.startedBy === null ? say.otherTrigger : say.triggers[run.startedBy]}
      </td>
      <td role="cell" class="r whole" data-l={columns.took}>
        {seconds === null ? "–" : seconds < 0.1 ? say.instant : say.took(formatNumber(seconds, language, 1))}
      </td>
      <td role="cell" class="whole" data-l={columns.result}>
        {isRunning ? <Running run={run} what={what} rights={rights} /> : <Result run={run} error={error} />}
      </td>
    </tr>
  );
}

function Result({ run, error }: { run: TrustRunFragment; error: string | null }): JSX.Element {
  const say = useMessages(messages);
  if (run.status === "SUCCESS") return <span class="badge ok">✓ {say.status.SUCCESS}</span>;
  return (
    <div>
      <span class="badge bad">✗ {say.status.FAILED}</span>
      {error !== null && (
        <details>
          <summary>{say.why}</summary>
          <p class="tiny muted" lang="en">
            {error}
          </p>
        </details>
      )}
    </div>
  );
}

function Running({ run, what, rights }: { run: TrustRunFragment; what: string; rights: Rights }): JSX.Element {
  const say = useMessages(messages);
  const [{ data, error, fetching }, cancel] = useMutation(TrustCancelRunDocument);
  const { done, total } = run.progress;
  const share = total === 0 ? null : Math.floor((done / total) * 100);
  const failure = data?.cancelRun.failure?.message ?? error?.message;
  const isStopping = fetching || (data !== undefined && failure === undefined);
  return (
    <div class="row">
      <div class="runstate">
        <span class="badge">{isStopping ? say.stopping : say.status.RUNNING}</span>{" "}
        <span class="tiny muted">{share === null ? say.starting : `${share}%`}</span>
        {share === null ? (
          <progress class="runbar" aria-label={what} />
        ) : (
          <progress class="runbar" max={100} value={share} aria-label={say.progress(what, String(share))} />
        )}
      </div>
      {rights.control && (
        <button type="button" class="btn" aria-label={say.stopRun(what)} disabled={isStopping} onClick={() => void cancel({ id: run.id })}>
          {say.stop}
        </button>
      )}
      {failure !== undefined && (
        <p class="small" role="alert">
          {say.notStopped} <span lang="en">{failure}</span>
        </p>
      )}
    </div>
  );
}
