/** Parts of the replies behind "Why". */
import type { StudentWhyQuery, StudentWhyStaffQuery } from "../../generated/documents";

export type Explanation = NonNullable<NonNullable<StudentWhyQuery["student"]>["explain"]>;
export type EvidenceStep = Explanation["evidence"][number];
export type WhyMastery = NonNullable<NonNullable<StudentWhyQuery["student"]>["mastery"]>;
export type StaffMastery = NonNullable<NonNullable<StudentWhyStaffQuery["student"]>["mastery"]>;

/** The number of each step's answer among all answers to the target; of a judgement, that of the answer before it. */
export function numbersOf(evidence: readonly EvidenceStep[], attempts: number): number[] {
  let number = Math.max(0, attempts - evidence.filter(({ answer }) => answer !== null).length);
  return evidence.map(({ answer }) => (answer === null ? number : (number += 1)));
}
