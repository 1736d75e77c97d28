/** The heat map as a table of cells for spreadsheets: the same students, columns, order, filter and thresholds as the screen. */
import { levelPercent } from "../../../i18n/format";
import type { Status } from "../../../parts/level";
import { toPercent } from "./heat_address";
import type { View } from "./heat_view";
import type { Matrix } from "./matrix";
import type messages from "./messages";

type Cell = string | number | null;

/**
 * One row per student: the levels as on the screen, then their statuses and whether the evidence is thin, then the
 * thresholds. A tile that the filter dims is empty.
 */
export function heatCsv(
  matrix: Matrix,
  view: View,
  filter: Status | null,
  statuses: Record<Status, string>,
  say: (typeof messages)["en"],
): Cell[][] {
  const places = view.columns;
  const name = (place: number) => matrix.columns[place]!.name;
  const limits = places.map((place) => matrix.thresholds[place]!);
  const isUniform = limits.every(({ focus, mastered }) => focus === limits[0]?.focus && mastered === limits[0]?.mastered);
  const named = isUniform ? places.slice(0, 1) : places;
  const labels = (word: (name: string | null) => string) => named.map((place) => word(isUniform ? null : name(place)));
  const values = (key: "focus" | "mastered") => named.map((place) => toPercent(matrix.thresholds[place]![key]));
  const head = [
    say.student,
    ...places.map(name),
    ...places.map((place) => say.csvStatus(name(place))),
    ...places.map((place) => say.csvThin(name(place))),
    ...labels(say.csvFocus),
    ...labels(say.csvMastered),
  ];
  const body = view.rows.map((place) => {
    const { student, levels, thin, statuses: has } = matrix.rows[place]!;
    const kept = (column: number) => filter === null || has[column] === filter;
    const isThin = (column: number) => (levels[column] == null ? null : thin[column] ? say.yes : say.no);
    return [
      student.name,
      ...places.map((column) => (kept(column) && levels[column] != null ? levelPercent(levels[column]) : null)),
      ...places.map((column) => (kept(column) ? statuses[has[column]!] : null)),
      ...places.map((column) => (kept(column) ? isThin(column) : null)),
      ...values("focus"),
      ...values("mastered"),
    ];
  });
  return [head, ...body];
}
