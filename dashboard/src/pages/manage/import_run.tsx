/** The run that records a file: live progress, a button that stops it, and its outcome. Its address can be opened again. */
import { useSubscription } from "@urql/preact";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useCardQuery } from "../../api/use_query";
import { ManageCancelRunDocument, ManageRunDocument, ManageRunProgressDocument, type ManageImportRunFragment, type Role } from "../../generated/documents";
import { formatNumber, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { Refused, Result } from "./field";
import { may } from "./permissions";
import { RejectedRows } from "./rejected_rows";
import messages from "./upload_messages";
import { countsOf } from "./upload_reply";
import { Counts } from "./upload_report";
import { useMutationOf, useOnce, type Refusal } from "./use_change";

interface ImportRunProps {
  run: string;
  role: Role;
  another: () => void;
}

/** Ask again after this while the run goes on: an event may be lost while the socket reconnects. */
const AGAIN = 5_000;

export function ImportRun({ run, role, another }: ImportRunProps): JSX.Element {
  const say = useMessages(messages);
  const query = useCardQuery(ManageRunDocument, { run }, { requestPolicy: "cache-and-network" });
  const isRunning = query.data?.run?.status === "RUNNING";
  useSubscription({ query: ManageRunProgressDocument, variables: { run }, pause: !isRunning });
  useEffect(() => {
    if (!isRunning) return;
    const timer = setInterval(query.retry, AGAIN);
    return () => clearInterval(timer);
  }, [isRunning]);
  return (
    <Card title={say.runTitle} query={query}>
      {({ run: read }) => (
        <>
          {read === null ? <p>{say.noRun}</p> : read.status === "RUNNING" ? <Running run={read} mayStop={may(role, "stopRuns")} /> : <Ended run={read} />}
          {read?.status !== "RUNNING" && (
            <p class="act">
              <button type="button" class="btn" onClick={another}>
                {say.another}
              </button>
            </p>
          )}
        </>
      )}
    </Card>
  );
}

function Running({ run: { id, progress }, mayStop }: { run: ManageImportRunFragment; mayStop: boolean }): JSX.Element {
  const say = useMessages(messages);
  const cancel = useMutationOf(ManageCancelRunDocument);
  const { running, run } = useOnce();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [isStopping, setStopping] = useState(false);
  const share = progress.total === 0 ? 0 : percent(progress.done / progress.total);
  const stop = () =>
    run(async () => {
      const { refusal: refused } = await cancel({ run: id });
      setRefusal(refused);
      setStopping(refused === null);
    });
  return (
    <>
      <p class="small muted">{isStopping ? say.stopping : say.running(share)}</p>
      <div class="progress" role="progressbar" aria-valuemin={0} aria-valuemax={100} aria-valuenow={share} aria-label={say.runTitle}>
        <div style={{ width: `${share}%` }} />
      </div>
      {mayStop && (
        <button type="button" class="btn" aria-disabled={running || isStopping} onClick={() => !isStopping && stop()}>
          {say.stop}
        </button>
      )}
      <Refused refusal={refusal} />
    </>
  );
}

function Ended({ run: { status, error, output } }: { run: ManageImportRunFragment }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const counts = countsOf(output);
  const isStopped = error === "cancelled";
  const { recorded, alreadyPresent, conflicts, rejected, leftOut, untried } = counts;
  const shown = Object.entries({ recorded, alreadyPresent, conflicts, rejected, leftOut, untried }).filter(([name, count]) => name === "recorded" || count > 0);
  return (
    <>
      {status === "SUCCESS" ? (
        <Result>{say.done(formatNumber(recorded, language), recorded === 1)}</Result>
      ) : (
        <div class={`note ${isStopped ? "" : "bad"}`} role="alert">
          <strong>{isStopped ? say.stopped : say.failed}</strong>
          {!isStopped && <p>{error?.replace(/^[A-Za-z]+: /, "")}</p>}
        </div>
      )}
      <Counts counts={shown.map(([name, count]) => [count, say.counts[name as keyof typeof say.counts]])} />
      {counts.rejectedRows.length > 0 && <RejectedRows title={say.rejectedTitle} rows={counts.rejectedRows} total={Math.max(rejected, counts.rejectedRows.length)} file="rejected-rows.csv" />}
      {counts.conflictRows.length > 0 && (
        <>
          <RejectedRows title={say.conflictsTitle} rows={counts.conflictRows} total={conflicts} file="conflicts.csv" />
          <p class="hint">{say.conflictsHint}</p>
        </>
      )}
    </>
  );
}
