/** How many statuses of a class other thresholds change. The rules are those of docs/adr/0016. */
import { statusOf, type Status } from "../../parts/level";

export interface Cuts {
  mastered: number;
  focus: number;
  comparison: "INCLUSIVE" | "STRICT";
}

/** The thresholds of a target in effect, with the course or skill that they come from; null for the service's. */
export interface CutsInEffect extends Cuts {
  set: { scopeKind: "COURSE" | "SKILL"; course: { id: string } | null; skill: { id: string } | null } | null;
}

export interface ClassLevels {
  targetIds: readonly string[];
  levels: readonly (readonly (number | null)[])[];
  thresholdGroups: readonly { targetIds: readonly string[]; thresholds: CutsInEffect }[];
}

export interface Scope {
  kind: "course" | "skill";
  id: string;
}

export interface Transition {
  before: Status;
  after: Status;
  count: number;
}

/** Whether thresholds of `scope` would decide over those in effect: a skill before a course, the first of each by id. */
export function decides(scope: Scope, { set }: CutsInEffect): boolean {
  if (set === null) return true;
  if (set.scopeKind === "SKILL") return scope.kind === "skill" && scope.id <= set.skill!.id;
  return scope.kind === "skill" || scope.id <= set.course!.id;
}

/** The statuses of a class: for each heat map, a row per student. */
export function statusesOf(maps: readonly ClassLevels[], cutsOf: (inEffect: CutsInEffect) => Cuts = (inEffect) => inEffect): Status[] {
  return maps.flatMap(({ targetIds, levels, thresholdGroups }) => {
    const cuts = new Map(thresholdGroups.flatMap(({ targetIds: ids, thresholds }) => ids.map((id) => [id, cutsOf(thresholds)] as const)));
    return levels.flatMap((row) => row.map((level, column) => statusOf(level, cuts.get(targetIds[column]!)!)));
  });
}

/** The statuses under new thresholds of a scope. */
export function statusesUnder(maps: readonly ClassLevels[], scope: Scope, cuts: Cuts): Status[] {
  return statusesOf(maps, (inEffect) => (decides(scope, inEffect) ? cuts : inEffect));
}

/** What differs between two lists of statuses, the most frequent change first. */
export function transitions(before: readonly Status[], after: readonly Status[]): Transition[] {
  const counts = new Map<string, Transition>();
  before.forEach((from, index) => {
    const to = after[index];
    if (to === undefined || to === from) return;
    const change = counts.get(`${from} ${to}`) ?? { before: from, after: to, count: 0 };
    counts.set(`${from} ${to}`, { ...change, count: change.count + 1 });
  });
  return [...counts.values()].sort((a, b) => b.count - a.count);
}
