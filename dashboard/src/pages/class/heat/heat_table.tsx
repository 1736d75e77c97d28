/** The table of the heat map. Rows have a fixed height and place, so that a long class draws only those in sight. */
import type { JSX } from "preact";
import { useId, useMemo, useRef } from "preact/hooks";
import { useMessages } from "../../../i18n/language";
import type { Status } from "../../../parts/level";
import { HeatHead } from "./heat_head";
import { HeatRow } from "./heat_row";
import { placeRules, tracksOf, type Sizes } from "./heat_sizes";
import type { Counts, Sort } from "./heat_view";
import type { Matrix } from "./matrix";
import messages from "./messages";
import { patchKey } from "./patches";
import { placeOf, useGridKeys } from "./use_grid_keys";
import { useRules } from "./use_rules";
import { drawnPlaces, LONG, useMedia, useWindow } from "./use_window";

export interface Chosen {
  anchor: HTMLElement;
  row: number;
  column: number;
}

interface TableProps {
  group: string;
  matrix: Matrix;
  columns: readonly number[];
  rows: readonly number[];
  /** Rows with those behind "Show all". */
  total: number;
  counts: readonly Counts[];
  size: number;
  sizes: Sizes;
  sort: Sort | null;
  onSort: (sort: Sort | null) => void;
  filter: Status | null;
  rings: ReadonlySet<string>;
  open: (chosen: Chosen) => void;
}

const [TALL, LOW] = [38, 30];

export function HeatTable({ group, matrix, columns, rows, total, counts, size, sizes, sort, onSort, filter, rings, open }: TableProps): JSX.Element {
  const say = useMessages(messages);
  const caption = useId();
  const box = useRef<HTMLDivElement>(null);
  const table = useRef<HTMLTableElement>(null);
  const height = useMedia("(max-width: 720px)") ? TALL : LOW;
  const { rows: range, columns: across } = useWindow(box, rows.length, height, sizes);
  const { active, choose, onKeyDown } = useGridKeys(table, rows.length, columns.length);
  const { tracks, least } = useMemo(() => tracksOf(sizes), [sizes]);
  useRules(useMemo(() => placeRules(sizes), [sizes]));
  const heads = useMemo(() => columns.map((column) => matrix.columns[column]!), [columns, matrix.columns]);
  const headCounts = useMemo(() => columns.map((column) => counts[column]!), [columns, counts]);
  const drawn = drawnPlaces(range.first, range.last, active.row);

  const choice = (event: Event): boolean => {
    const place = placeOf(event.target);
    const cell = (event.target as Element).closest<HTMLElement>("td");
    if (place === null || cell === null || cell.getAttribute("aria-disabled") === "true") return false;
    choose(place);
    open({ anchor: cell, row: rows[place.row]!, column: columns[place.column]! });
    return true;
  };
  const ringsOf = (place: number) => {
    if (rings.size === 0) return "";
    const { student } = matrix.rows[place]!;
    return columns.filter((column) => rings.has(patchKey(student.id, matrix.columns[column]!.id))).join(",");
  };
  return (
    <div ref={box} class={`heatwrap${rows.length > LONG ? " long" : ""}`} style={{ "--name": `${sizes.name}px` }}>
      <table
        ref={table}
        class={`heat${columns.length > 20 ? " wide" : ""}`}
        role="grid"
        aria-labelledby={caption}
        aria-rowcount={total + 1}
        aria-colcount={columns.length + 1}
        style={{ "--tracks": tracks, "--least": least }}
        onClick={choice}
        onKeyDown={(event) => {
          if ((event.key === "Enter" || event.key === " ") && choice(event)) event.preventDefault();
          else onKeyDown(event);
        }}
      >
        <caption id={caption} class="sr">
          {say.caption[matrix.kind]}
        </caption>
        <HeatHead columns={heads} counts={headCounts} size={size} sort={sort} onSort={onSort} active={active.row === -1 ? active.column : null} />
        <tbody role="rowgroup" style={{ height: rows.length * height }}>
          {drawn.map((place) => {
            const row = matrix.rows[rows[place]!]!;
            return (
              <HeatRow
                key={row.student.id}
                group={group}
                row={row}
                place={place}
                top={place * height}
                columns={columns}
                first={across.first}
                last={across.last}
                thresholds={matrix.thresholds}
                filter={filter}
                active={active.row === place ? active.column : null}
                rings={ringsOf(rows[place]!)}
              />
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
