/** Column heads: name, bar of the status counts, number that need focus. A click sorts. */
import type { JSX } from "preact";
import { memo } from "preact/compat";
import { formatNumber } from "../../../i18n/format";
import { useLanguage, useMessages } from "../../../i18n/language";
import { STATUSES } from "../../../parts/level";
import type { Counts, Sort } from "./heat_view";
import type { Named } from "./matrix";
import messages from "./messages";

interface HeadProps {
  columns: readonly Named[];
  counts: readonly Counts[];
  /** The number of students that the counts are of. */
  size: number;
  sort: Sort | null;
  onSort: (sort: Sort | null) => void;
  /** The column of the tab stop, -1 for the names; null if it is in another row. */
  active: number | null;
}

/** Lowest first, then highest first, then most to do first. */
export function nextSort(sort: Sort | null, target: string | null): Sort | null {
  if (sort === null || sort.target !== target) return { target, descending: false };
  return sort.descending ? null : { target, descending: true };
}

const BARS = { NEEDS_FOCUS: "f", LEARNING: "g", MASTERED: "m", NOT_STARTED: "o" } as const;

function HeatHeadOnce({ columns, counts, size, sort, onSort, active }: HeadProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const order = (target: string | null) =>
    sort !== null && sort.target === target ? (sort.descending ? "descending" : "ascending") : "none";
  const button = (target: string | null, index: number, name: string) => (
    <button type="button" tabIndex={active === index ? 0 : -1} onClick={() => onSort(nextSort(sort, target))}>
      {name}
    </button>
  );
  return (
    <thead role="rowgroup">
      <tr role="row" aria-rowindex={1} data-row={-1}>
        <th role="columnheader" scope="col" aria-colindex={1} aria-sort={order(null)}>
          {button(null, -1, say.student)}
          <span class="counts">{say.needFocus(formatNumber(size, language))}</span>
        </th>
        {columns.map(({ id, name }, index) => {
          const count = counts[index]!;
          const words = STATUSES.filter((status) => count[status] > 0).map((status) => say.counted(status, count[status]));
          return (
            <th key={id} role="columnheader" scope="col" aria-colindex={index + 2} aria-sort={order(id)}>
              {button(id, index, name)}
              <span class="mini" role="img" aria-label={words.join(", ")} title={words.join(", ")}>
                {STATUSES.filter((status) => count[status] > 0).map((status) => (
                  <i key={status} class={BARS[status]} style={{ flex: count[status] }} />
                ))}
              </span>
              <b class={count.NEEDS_FOCUS === 0 ? "z0" : "z1"}>
                {formatNumber(count.NEEDS_FOCUS, language)}
                <span class="sr"> {say.needFocusShort}</span>
              </b>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

export const HeatHead = memo(HeatHeadOnce);
