/** What is marked on the concepts and links of a map, whether it is drawn or listed. */
import { stepOf, type Thresholds } from "../../parts/level";
import { drawnAfter, pathLinks, route, type ConceptGraph } from "./concept_graph";

export interface ShownLevel {
  level: number;
  thin: boolean;
  /** Students of the class who practised it; undefined for the level of one student. */
  practised?: number;
  needFocus?: number | null;
}

export interface Cause {
  id: string;
  blocks: readonly string[];
}

export interface Marks {
  levels: ReadonlyMap<string, ShownLevel>;
  thresholds: ReadonlyMap<string, Thresholds>;
  /** From 1. */
  causes: ReadonlyMap<string, number>;
  causeLinks: ReadonlySet<string>;
  /** From 1: the place on a student's path, or the layer among the prerequisites of a class's target. */
  steps: ReadonlyMap<string, number>;
  stepLinks: ReadonlySet<string>;
  /** From 0. */
  clusters: ReadonlyMap<string, number>;
}

const DEFAULTS: Thresholds = { focus: 0.4, mastered: 0.95 };

export function thresholdsOf(id: string, { thresholds }: Pick<Marks, "thresholds">): Thresholds {
  return thresholds.get(id) ?? DEFAULTS;
}

/** 1 to 5, or null for what was not started. */
export function levelStep(id: string, marks: Pick<Marks, "thresholds" | "levels">): 1 | 2 | 3 | 4 | 5 | null {
  const shown = marks.levels.get(id);
  return shown === undefined ? null : stepOf(shown.level, thresholdsOf(id, marks));
}

export function causeMarks(causes: readonly Cause[], graph: ConceptGraph): Pick<Marks, "causes" | "causeLinks"> {
  const drawn = drawnAfter(graph);
  return {
    causes: new Map(causes.map(({ id }, index) => [id, index + 1])),
    causeLinks: new Set(causes.flatMap(({ id, blocks }) => blocks.flatMap((one) => route(id, new Set([one]), drawn)))),
  };
}

/** `path` is ordered, its parts have the same number. */
export function pathMarks(path: readonly (readonly string[])[], graph: ConceptGraph): Pick<Marks, "steps" | "stepLinks"> {
  return {
    steps: new Map(path.flatMap((part, index) => part.map((id) => [id, index + 1] as const))),
    stepLinks: pathLinks(path.flat(), graph),
  };
}

/** Clusters of one concept have nothing to tint between. */
export function tintedClusters<Cluster extends { concepts: readonly unknown[] }>(clusters: readonly Cluster[]): Cluster[] {
  return clusters.filter(({ concepts }) => concepts.length > 1);
}

/** A, B … Z, AA … */
export function clusterLetter(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : clusterLetter(Math.floor(index / 26) - 1) + letter;
}
