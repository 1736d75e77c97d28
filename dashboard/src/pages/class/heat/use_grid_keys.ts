/** One tab stop for the whole table: arrows, Home, End, Page Up and Page Down move between its cells. */
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** Row -1 has the column heads, column -1 the names. */
export interface Place {
  row: number;
  column: number;
}

const PAGE = 10;

/** Where a key leads from a place, inside a table of so many rows and columns; null for other keys. */
export function move({ row, column }: Place, key: string, rows: number, columns: number, whole: boolean): Place | null {
  const to: Record<string, Place> = {
    ArrowLeft: { row, column: column - 1 },
    ArrowRight: { row, column: column + 1 },
    ArrowUp: { row: row - 1, column },
    ArrowDown: { row: row + 1, column },
    PageUp: { row: Math.max(row - PAGE, 0), column },
    PageDown: { row: row + PAGE, column },
    Home: { row: whole ? 0 : row, column: whole ? 0 : -1 },
    End: { row: whole ? rows - 1 : row, column: columns - 1 },
  };
  const next = to[key];
  if (next === undefined) return null;
  const within = (value: number, count: number) => Math.max(-1, Math.min(value, count - 1));
  return { row: within(next.row, rows), column: within(next.column, columns) };
}

/** What takes the focus in a cell: its link or button, or the cell itself. */
export function cellAt(table: HTMLElement | null, { row, column }: Place): HTMLElement | null {
  const cell = table?.querySelector(`tr[data-row="${row}"] > [aria-colindex="${column + 2}"]`);
  return cell?.querySelector<HTMLElement>("a, button") ?? (cell as HTMLElement | undefined) ?? null;
}

/** The place of the cell that an event came from. */
export function placeOf(target: EventTarget | null): Place | null {
  const cell = (target as Element | null)?.closest("td, th");
  const row = cell?.closest("tr")?.dataset.row;
  return cell == null || row === undefined ? null : { row: Number(row), column: Number(cell.getAttribute("aria-colindex")) - 2 };
}

export function useGridKeys(table: RefObject<HTMLElement>, rows: number, columns: number) {
  const [chosen, choose] = useState<Place>({ row: 0, column: 0 });
  const mustFocus = useRef(false);
  const active = { row: Math.min(chosen.row, rows - 1), column: Math.min(chosen.column, columns - 1) };
  useLayoutEffect(() => {
    if (!mustFocus.current) return;
    mustFocus.current = false;
    cellAt(table.current, active)?.focus();
  }, [active.row, active.column]);
  const onKeyDown = (event: KeyboardEvent) => {
    const from = placeOf(event.target);
    if (from === null || event.altKey || event.metaKey) return;
    const next = move(from, event.key, rows, columns, event.ctrlKey);
    if (next === null) return;
    event.preventDefault();
    mustFocus.current = true;
    if (next.row === active.row && next.column === active.column) cellAt(table.current, next)?.focus();
    choose(next);
  };
  return { active, choose, onKeyDown };
}
