/** For whom each concept waits that a cause holds up: worked out from the students' own causes. */
import type { ClassWaitingQuery } from "../../generated/documents";

type WaitingCause = NonNullable<ClassWaitingQuery["group"]>["rootCauses"]["causes"][number];

export interface Waiting {
  /** Names of students by the id of the concept that waits for them. */
  names: Map<string, string[]>;
  /** Whether the service returned all students for whom something waits. */
  isWhole: boolean;
}

export function waitingOf(cause: WaitingCause): Waiting {
  const names = new Map<string, string[]>();
  const nodes = cause.blockedStudents?.nodes ?? [];
  for (const { studentId, student } of nodes) {
    const own = student?.rootCauses.causes.find(({ conceptId }) => conceptId === cause.conceptId);
    for (const { id } of own?.blocks ?? []) names.set(id, [...(names.get(id) ?? []), student?.name ?? studentId]);
  }
  return { names, isWhole: nodes.length === (cause.blockedStudents?.totalCount ?? 0) };
}
