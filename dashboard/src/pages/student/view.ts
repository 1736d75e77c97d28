/** Whose page this is, and who looks at it. Every card of the page has it. */
import type { Role } from "../../generated/documents";
import { studentPath } from "../../parts/paths";
import { targetText, type ChosenTarget } from "./target";

export interface StudentView {
  /** The class that the page was opened from. */
  group: string | null;
  id: string;
  /** How sentences name the student; null if the viewer is the student. */
  name: string | null;
  /** Whether the viewer may read what only staff may. */
  staff: boolean;
}

export function isStaff(role: Role): boolean {
  return role === "TEACHER" || role === "SERVICE" || role === "ADMIN";
}

/** "Yara" of "Yara Egret". Names of another form stay whole. */
export function shortName(name: string): string {
  const words = name.split(" ");
  return words.length === 2 && /^\p{L}[\p{L}'’-]+$/u.test(words[0]!) ? words[0]! : name;
}

/** The address of "Why" of a target of this student. */
export function targetHref({ group, id }: StudentView, target: ChosenTarget): string {
  return studentPath(group, id, targetText(target));
}
