/** One student of the heat map. Drawn again only if something of the student, the columns or the filter changed. */
import type { JSX } from "preact";
import { memo } from "preact/compat";
import { Link } from "wouter-preact";
import { levelPercent } from "../../../i18n/format";
import { useMessages } from "../../../i18n/language";
import { stepOf, type Status, type Thresholds } from "../../../parts/level";
import partMessages from "../../../parts/messages";
import { studentPath } from "../../../parts/paths";
import type { Row } from "./matrix";
import messages from "./messages";
import { drawnPlaces } from "./use_window";

interface RowProps {
  group: string;
  row: Row;
  /** The place among all rows. */
  place: number;
  top: number;
  columns: readonly number[];
  /** The places of the columns that are drawn, from `first` to before `last`. */
  first: number;
  last: number;
  thresholds: readonly Thresholds[];
  filter: Status | null;
  /** The column of the tab stop, -1 for the name; null if it is in another row. */
  active: number | null;
  /** Columns that changed just now, as a text: "3,5". */
  rings: string;
}

function HeatRowOnce({ group, row, place, top, columns, first, last, thresholds, filter, active, rings }: RowProps): JSX.Element {
  const say = useMessages(messages);
  const { status: words } = useMessages(partMessages);
  const { student, levels, statuses, thin } = row;
  const drawn = drawnPlaces(first, last, active);
  const isWhole = first === 0 && last === columns.length;
  const ringed = rings === "" ? [] : rings.split(",").map(Number);
  return (
    <tr role="row" aria-rowindex={place + 2} data-row={place} style={{ top }}>
      <th role="rowheader" scope="row" aria-colindex={1}>
        <Link class="quiet" href={studentPath(group, student.id)} tabIndex={active === -1 ? 0 : -1} title={student.name}>
          {student.name}
        </Link>
      </th>
      {drawn.map((index) => {
        const column = columns[index]!;
        const level = levels[column] ?? null;
        const status = statuses[column]!;
        const isOff = filter !== null && status !== filter;
        const look = level === null ? "none" : `l${stepOf(level, thresholds[column]!)}${thin[column] ? " thin" : ""}`;
        const shown = level === null ? "·" : String(levelPercent(level));
        return (
          <td
            key={column}
            role="gridcell"
            aria-colindex={index + 2}
            tabIndex={active === index ? 0 : -1}
            class={`cell ${isWhole ? "" : `placed p${index} `}${look}${isOff ? " off" : ""}${ringed.includes(column) ? " changed" : ""}`}
            aria-disabled={isOff ? "true" : undefined}
            aria-label={level === null ? words[status] : say.tile(shown, words[status], thin[column] ?? false)}
          >
            {shown}
          </td>
        );
      })}
    </tr>
  );
}

export const HeatRow = memo(HeatRowOnce);
