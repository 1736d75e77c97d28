/** What a dry run has read: counts, rejected rows by line and rule, and the button that records the rest. */
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import common from "./messages";
import { RejectedRows } from "./rejected_rows";
import messages from "./upload_messages";
import type { DryRun } from "./upload_reply";

interface UploadReportProps {
  report: DryRun;
  skipBad: boolean;
  onSkipBad: (skipBad: boolean) => void;
  sending: boolean;
  onImport: () => void;
}

export function UploadReport({ report, skipBad, onSkipBad, sending, onImport }: UploadReportProps): JSX.Element {
  const say = useMessages(messages);
  const { sending: sends } = useMessages(common);
  const language = useLanguage();
  const title = useId();
  const number = (value: number) => formatNumber(value, language);
  const isBlocked = report.rejected > 0 && !skipBad;
  return (
    <section class="card report" aria-labelledby={title}>
      <header>
        <h2 id={title}>{say.reportTitle}</h2>
      </header>
      <Counts
        counts={[
          [report.rows, say.rows],
          [report.answers, say.answers],
          [report.rejected, say.rejected],
          [report.leftOut, say.leftOut],
        ]}
      />
      {report.rejected > 0 && <RejectedRows title={say.rejectedTitle} rows={report.rejectedRows} total={report.rejected} file="rejected-rows.csv" />}
      {report.leftOutRows.length > 0 && (
        <>
          <h3>{say.reasons}</h3>
          <ul class="plain">
            {report.leftOutRows.map(({ reason, count, firstLine }) => (
              <li key={reason}>{say.leftOutRow(reason, number(count), firstLine)}</li>
            ))}
          </ul>
        </>
      )}
      <details class="fold">
        <summary>{say.understood}</summary>
        <ul class="plain">
          {report.layout.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </details>
      {report.firstAnswers.length > 0 && (
        <details class="fold">
          <summary>{say.first}</summary>
          <ol class="plain">
            {report.firstAnswers.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ol>
        </details>
      )}
      {report.answers === 0 ? (
        <p class="note warn">{say.nothing}</p>
      ) : (
        <>
          {report.rejected > 0 && (
            <label class="check">
              <input type="checkbox" checked={skipBad} onChange={(event) => onSkipBad(event.currentTarget.checked)} /> {say.skipBad}
            </label>
          )}
          <p class="hint">{isBlocked ? say.skipNeeded : say.notCounted}</p>
          <p class="act">
            <button type="button" class="btn primary" aria-disabled={sending || isBlocked} onClick={() => !isBlocked && onImport()}>
              {sending ? sends : say.import(number(report.answers), report.answers === 1)}
            </button>
          </p>
        </>
      )}
    </section>
  );
}

/** Large numbers with their words. */
export function Counts({ counts }: { counts: readonly (readonly [number, string])[] }): JSX.Element {
  const language = useLanguage();
  return (
    <ul class="counts">
      {counts.map(([count, words]) => (
        <li key={words} class="stat">
          <b>{formatNumber(count, language)}</b>
          <span>{words}</span>
        </li>
      ))}
    </ul>
  );
}
