/** The sets of one fit: what each was fitted to, and whether it predicted better. */
import type { JSX } from "preact";
import { formatMoment } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { nameOf, type FitBatch, type FittedSet } from "./fits";
import messages from "./messages";

export function FitTable({ batch }: { batch: FitBatch }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const columns = say.historyColumns;
  return (
    <div class="tablewrap" tabIndex={0} role="region" aria-label={`${say.historyTitle}, ${formatMoment(batch.at, language)}`}>
      <table class="table cards" role="table">
        <thead>
          <tr>
            <th scope="col">{columns.target}</th>
            <th scope="col" class="r">
              {columns.before}
            </th>
            <th scope="col" class="r">
              {columns.after}
            </th>
            <th scope="col">{columns.state}</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {batch.sets.map((set) => (
            <Row key={set.id} set={set} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ set }: { set: FittedSet }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const surprise = (value: number | undefined) => (value === undefined ? "–" : new Intl.NumberFormat(language, { minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(value));
  const reason = set.fit?.reason;
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        {nameOf(set)}
      </th>
      <td role="cell" class="r" data-l={say.historyColumns.before}>
        {surprise(set.fit?.before.logLoss)}
      </td>
      <td role="cell" class="r" data-l={say.historyColumns.after}>
        {surprise(set.fit?.heldOut.logLoss)}
      </td>
      <td role="cell" class="whole" data-l={say.historyColumns.state}>
        {set.active ? (
          <span class="badge ok">✓ {say.inForce}</span>
        ) : (
          <span class="small muted">{reason === undefined || reason === "IMPROVED" ? say.replaced : say.reasons[reason]}</span>
        )}
      </td>
    </tr>
  );
}
