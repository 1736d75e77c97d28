/** Rows of a file that were not recorded: line, column, rule, and the value where the service states it. */
import type { JSX } from "preact";
import { formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { saveCsv } from "../../parts/download";
import messages from "./upload_messages";
import type { RejectedRow } from "./upload_reply";

export function RejectedRows({ title, rows, total, file }: { title: string; rows: readonly RejectedRow[]; total: number; file: string }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const hasValues = rows.some(({ value }) => value !== undefined);
  const heads = [say.line, say.columnHead, ...(hasValues ? [say.value] : []), say.rule];
  const save = () => saveCsv(file, [heads, ...rows.map(({ line, field, rule, value }) => [line, field, ...(hasValues ? [value] : []), rule])]);
  return (
    <section class="rejected">
      <div class="row between">
        <h3>{title}</h3>
        <button type="button" class="btn" onClick={save}>
          {say.saveRejected}
        </button>
      </div>
      <table class="table cards" role="table">
        <caption class="sr">{title}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {heads.map((head) => (
              <th key={head} scope="col" role="columnheader">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(({ line, field, rule, value }) => (
            <tr key={`${line} ${field} ${rule}`} role="row">
              <th scope="row" role="rowheader">
                <span class="only-phone-inline">{say.line} </span>
                {line}
              </th>
              <td role="cell" data-l={say.columnHead}>
                {field}
              </td>
              {hasValues && (
                <td role="cell" data-l={say.value}>
                  <code>{value}</code>
                </td>
              )}
              <td role="cell" class="whole" data-l={say.rule}>
                {rule}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {total > rows.length && <p class="small muted">{say.rejectedFirst(rows.length, formatNumber(total, language))}</p>}
    </section>
  );
}
