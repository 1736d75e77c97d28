/** What the head of the page was read with, and what follows from it. */
import type { StudentHeadQuery } from "../../generated/documents";
import type { ChosenTarget } from "./target";

export type Head = NonNullable<StudentHeadQuery["student"]>;
export type Cause = Head["rootCauses"]["causes"][number];

/** The first cause, else the weakest concept, else the weakest skill; null for a student without levels. */
export function defaultTarget({ rootCauses, weakest, weakestSkill }: Head): ChosenTarget | null {
  const cause = rootCauses.causes[0];
  if (cause !== undefined) return { kind: "CONCEPT", id: cause.conceptId };
  return (weakest.nodes[0] ?? weakestSkill.nodes[0])?.target ?? null;
}

/** The number of answers behind a cause, if it is among the weakest concepts. */
export function attemptsOf({ weakest }: Head, { conceptId }: Cause): number | null {
  return weakest.nodes.find(({ target }) => target?.id === conceptId)?.attempts ?? null;
}

/** How many concepts have been practised, and how many of them are mastered. */
export function progressOf({ statusCounts }: Head): { started: number; mastered: number } {
  const count = (wanted: string) => statusCounts.find(({ status }) => status === wanted)?.count ?? 0;
  const mastered = count("MASTERED");
  return { mastered, started: mastered + count("LEARNING") + count("NEEDS_FOCUS") };
}
