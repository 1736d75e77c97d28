/** The marks of the map, from what the queries of the page have brought so far. */
import { useMemo } from "preact/hooks";
import type { ConceptsMapQuery, ConceptsPathQuery, ConceptsStudentQuery } from "../../generated/documents";
import type { Thresholds } from "../../parts/level";
import { prerequisiteLayers, type ConceptGraph } from "./concept_graph";
import type { NamedCluster } from "./map_legend";
import { causeMarks, pathMarks, tintedClusters, type Cause, type Marks, type ShownLevel } from "./marks";

export type MapGroup = NonNullable<ConceptsMapQuery["group"]>;
type Student = NonNullable<ConceptsStudentQuery["student"]>;

interface Sources {
  graph: ConceptGraph | null;
  group: MapGroup | null;
  /** Null: the class. */
  student: Student | null;
  ofStudent: boolean;
  causes: readonly { conceptId: string; blocks: readonly { id: string }[] }[];
  target: string | null;
  path: NonNullable<ConceptsPathQuery["student"]>["learningPath"] | null;
  clusters: readonly NamedCluster[] | null;
}

/** Means of fewer students are thin evidence. */
const FEW_STUDENTS = 3;
const NOTHING: ConceptGraph = { ids: [], names: new Map(), links: [], before: new Map(), after: new Map(), layers: [] };

export interface MapMarks {
  marks: Marks;
  /** The target and what comes before it, by layers. */
  layers: string[][];
  clusters: NamedCluster[] | null;
}

export function useMarks({ graph, group, student, ofStudent, causes, target, path, clusters }: Sources): MapMarks {
  const known = graph ?? NOTHING;
  const levels = useMemo(() => (ofStudent ? studentLevels(student) : classLevels(group)), [ofStudent, student, group]);
  const thresholds = useMemo(() => thresholdsByConcept(group), [group]);
  const inside = useMemo(
    (): Cause[] => causes.filter(({ conceptId }) => known.names.has(conceptId)).map(({ conceptId, blocks }) => ({ id: conceptId, blocks: blocks.map(({ id }) => id) })),
    [causes, known],
  );
  const caused = useMemo(() => causeMarks(inside, known), [inside, known]);
  const layers = useMemo(() => (target === null || !known.names.has(target) ? [] : prerequisiteLayers(target, known)), [target, known]);
  const walked = useMemo(() => {
    const steps = ofStudent ? (target === null ? [] : (path ?? []).map(({ id }) => [id])) : layers;
    return pathMarks(steps.map((part) => part.filter((id) => known.names.has(id))), known);
  }, [ofStudent, target, path, layers, known]);
  const tinted = useMemo(() => (clusters === null ? null : tintedClusters(clusters)), [clusters]);
  const marks = useMemo(
    (): Marks => ({
      levels,
      thresholds,
      ...caused,
      ...walked,
      clusters: new Map((tinted ?? []).flatMap(({ concepts }, index) => concepts.map(({ id }) => [id, index] as const))),
    }),
    [levels, thresholds, caused, walked, tinted],
  );
  return { marks, layers, clusters: tinted };
}

function classLevels(group: MapGroup | null): Map<string, ShownLevel> {
  const levels = new Map<string, ShownLevel>();
  for (const { concept, meanLevel, students, needFocus } of group?.distribution.hardest ?? []) {
    if (concept !== null) levels.set(concept.id, { level: meanLevel, thin: students < FEW_STUDENTS, practised: students, needFocus });
  }
  return levels;
}

function studentLevels(student: Student | null): Map<string, ShownLevel> {
  const levels = new Map<string, ShownLevel>();
  for (const { concept, level, status, confidence } of student?.masteries.nodes ?? []) {
    if (concept !== null && status !== "NOT_STARTED") levels.set(concept.id, { level, thin: confidence === "LOW" });
  }
  return levels;
}

function thresholdsByConcept(group: MapGroup | null): Map<string, Thresholds> {
  return new Map((group?.distribution.thresholdGroups ?? []).flatMap(({ thresholds, targetIds }) => targetIds.map((id) => [id, thresholds] as const)));
}
