/** The levels of a class with their statuses, as the heat map shows them. */
import type { ClassHeatConfidencesQuery, ClassHeatMapQuery, TargetKind } from "../../../generated/documents";
import { statusOf, type Status, type Thresholds } from "../../../parts/level";
import type { Patch, Patches } from "./patches";

export interface Named {
  id: string;
  name: string;
}

/** One student. The lists have one element per column; a row is never changed, only replaced. */
export interface Row {
  student: Named;
  levels: readonly (number | null)[];
  attempts: readonly number[];
  thin: readonly boolean[];
  statuses: readonly Status[];
}

export interface Matrix {
  kind: TargetKind;
  columns: readonly Named[];
  /** Of each column. */
  thresholds: readonly Thresholds[];
  rows: readonly Row[];
}

type HeatMap = NonNullable<ClassHeatMapQuery["group"]>["heatmap"];
export type Confidences = NonNullable<ClassHeatConfidencesQuery["group"]>["heatmap"]["confidences"];

/** Fewer answers are always thin evidence. */
const FEW = 5;

/** Smaller than any difference of levels that are shown. */
const TINY = 1e-12;
const DEFAULTS: Thresholds = { focus: 0.4, mastered: 0.95 };

/** The thresholds in force, one per column. With a strict comparison a level that equals a threshold has not reached it. */
export function thresholdsInForce({ targetIds: all, thresholdGroups }: Pick<HeatMap, "targetIds" | "thresholdGroups">): Thresholds[] {
  const byTarget = new Map<string, Thresholds>();
  for (const { targetIds, thresholds } of thresholdGroups) {
    const more = thresholds.comparison === "STRICT" ? TINY : 0;
    const reached = { focus: thresholds.focus + more, mastered: thresholds.mastered + more };
    for (const id of targetIds) byTarget.set(id, reached);
  }
  return all.map((id) => byTarget.get(id) ?? DEFAULTS);
}

/** Objects in the order of their ids. Who was erased meanwhile has no name. */
function inOrder(ids: readonly string[], objects: readonly Named[]): Named[] {
  const names = new Map(objects.map(({ id, name }) => [id, name]));
  return ids.map((id) => ({ id, name: names.get(id) ?? id }));
}

/**
 * The reply as rows. `own` thresholds replace those in force in every column. Confidences take the service longer than
 * levels: until they have come, few answers are thin evidence.
 */
export function matrixOf(heatmap: HeatMap, confidences: Confidences | null, own: Thresholds | null): Matrix {
  const inForce = thresholdsInForce(heatmap);
  const thresholds = own === null ? inForce : inForce.map(() => own);
  const known = confidences?.length === heatmap.studentIds.length ? confidences : null;
  const rows = inOrder(heatmap.studentIds, heatmap.students).map((student, place) => {
    const levels = heatmap.levels[place] ?? [];
    const attempts = heatmap.attempts[place] ?? [];
    return {
      student,
      levels,
      attempts,
      thin: known?.[place]?.map((confidence) => confidence === "LOW") ?? attempts.map((count) => count < FEW),
      statuses: levels.map((level, column) => statusOf(level, thresholds[column]!)),
    };
  });
  return { kind: heatmap.kind, columns: inOrder(heatmap.targetIds, heatmap.targets), thresholds, rows };
}

/** The matrix with later levels. Rows without a change stay the same objects, so that only changed ones are drawn again. */
export function withPatches(matrix: Matrix, patches: Patches): Matrix {
  if (patches.size === 0) return matrix;
  const columns = new Map(matrix.columns.map(({ id }, place) => [id, place]));
  const byStudent = new Map<string, Patch[]>();
  for (const patch of patches.values()) byStudent.set(patch.studentId, [...(byStudent.get(patch.studentId) ?? []), patch]);
  const rows = matrix.rows.map((row) => {
    const later = byStudent.get(row.student.id)?.filter(({ targetId, attempts }) => {
      const column = columns.get(targetId);
      return column !== undefined && attempts >= (row.attempts[column] ?? 0); // fewer answers: the reply is later
    });
    return later?.length ? patched(row, later, columns, matrix.thresholds) : row;
  });
  return { ...matrix, rows };
}

function patched(row: Row, later: readonly Patch[], columns: ReadonlyMap<string, number>, thresholds: readonly Thresholds[]): Row {
  const [levels, attempts, thin, statuses] = [[...row.levels], [...row.attempts], [...row.thin], [...row.statuses]];
  for (const patch of later) {
    const column = columns.get(patch.targetId)!;
    levels[column] = patch.level;
    attempts[column] = patch.attempts;
    thin[column] = patch.confidence === "LOW";
    statuses[column] = statusOf(patch.level, thresholds[column]!);
  }
  return { student: row.student, levels, attempts, thin, statuses };
}
