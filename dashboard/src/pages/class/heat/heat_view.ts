/** What of the matrix is shown, and in which order. */
import type { Status } from "../../../parts/level";
import type { Matrix, Named, Row } from "./matrix";

/** Null: by name. */
export interface Sort {
  target: string | null;
  descending: boolean;
}

export interface Choice {
  sort: Sort | null;
  status: Status | null;
  /** Ids of students; null: all. */
  only: readonly string[] | null;
}

/** Places in the matrix. */
export interface View {
  columns: readonly number[];
  rows: readonly number[];
  /** Rows before the filter by status. */
  candidates: readonly number[];
  unused: readonly Named[];
}

export type Counts = Record<Status, number>;

const none = (): Counts => ({ NEEDS_FOCUS: 0, LEARNING: 0, MASTERED: 0, NOT_STARTED: 0 });

/** The number of students with each status, per column. */
export function countColumns(matrix: Matrix, rows: readonly number[]): Counts[] {
  const counts = matrix.columns.map(none);
  for (const place of rows) matrix.rows[place]!.statuses.forEach((status, column) => counts[column]![status]++);
  return counts;
}

export function sumCounts(counts: readonly Counts[], columns: readonly number[]): Counts {
  const sum = none();
  for (const column of columns) for (const [status, number] of Object.entries(counts[column]!)) sum[status as Status] += number;
  return sum;
}

const byName = new Intl.Collator(undefined, { numeric: true });

/** Columns that a student has started, with most to do first, and the names of the others. */
export function orderColumns(matrix: Matrix): Pick<View, "columns" | "unused"> {
  const everyone = matrix.rows.map((_, place) => place);
  const counts = countColumns(matrix, everyone);
  const places = matrix.columns.map((_, place) => place);
  const isUsed = (place: number) => counts[place]!.NOT_STARTED < everyone.length;
  const name = (place: number) => matrix.columns[place]!.name;
  const columns = places
    .filter(isUsed)
    .sort(
      (a, b) =>
        counts[b]!.NEEDS_FOCUS - counts[a]!.NEEDS_FOCUS ||
        counts[b]!.LEARNING - counts[a]!.LEARNING ||
        byName.compare(name(a), name(b)),
    );
  const unused = places.filter((place) => !isUsed(place)).map((place) => matrix.columns[place]!);
  return { columns, unused: unused.sort((a, b) => byName.compare(a.name, b.name)) };
}

/** Most NEEDS_FOCUS first, then the lower mean; those without levels last. */
function byWork(columns: readonly number[]): (a: Row, b: Row) => number {
  const work = new Map<Row, [number, number]>();
  const of = (row: Row): [number, number] => {
    let measured = work.get(row);
    if (measured === undefined) {
      const levels = columns.map((column) => row.levels[column]).filter((level) => typeof level === "number");
      const mean = levels.length === 0 ? Infinity : levels.reduce((sum, level) => sum + level, 0) / levels.length;
      work.set(row, (measured = [columns.filter((column) => row.statuses[column] === "NEEDS_FOCUS").length, mean]));
    }
    return measured;
  };
  return (a, b) => {
    const [focusA, meanA] = of(a);
    const [focusB, meanB] = of(b);
    return focusB - focusA || (meanA === meanB ? 0 : meanA - meanB);
  };
}

/** By the level of a column; what was not started stays last in both directions. */
function byColumn(column: number, descending: boolean): (a: Row, b: Row) => number {
  return (a, b) => {
    const [left, right] = [a.levels[column] ?? null, b.levels[column] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return descending ? right - left : left - right;
  };
}

function comparison(matrix: Matrix, columns: readonly number[], sort: Sort | null): (a: Row, b: Row) => number {
  const names = (a: Row, b: Row) => byName.compare(a.student.name, b.student.name);
  const work = byWork(columns);
  if (sort === null) return (a, b) => work(a, b) || names(a, b);
  if (sort.target === null) return sort.descending ? (a, b) => names(b, a) : names;
  const place = matrix.columns.findIndex(({ id }) => id === sort.target);
  if (place < 0) return (a, b) => work(a, b) || names(a, b);
  const levels = byColumn(place, sort.descending);
  return (a, b) => levels(a, b) || work(a, b) || names(a, b);
}

/** Rows and columns as shown: students without a tile that the filter keeps are left out. */
export function viewOf(matrix: Matrix, { sort, status, only }: Choice): View {
  const { columns, unused } = orderColumns(matrix);
  const ids = only === null ? null : new Set(only);
  const compare = comparison(matrix, columns, sort);
  const candidates = matrix.rows
    .map((_, place) => place)
    .filter((place) => ids === null || ids.has(matrix.rows[place]!.student.id))
    .sort((a, b) => compare(matrix.rows[a]!, matrix.rows[b]!));
  const hasMatch = (place: number) => columns.some((column) => matrix.rows[place]!.statuses[column] === status);
  return { columns, unused, candidates, rows: status === null ? candidates : candidates.filter(hasMatch) };
}
