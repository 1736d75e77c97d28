/** What is typed of a judgement, as the service takes it. */
import type { Option } from "./choice";
import { targetOf } from "./target";

export type Kind = "OVERRIDE" | "PRIOR_LEARNING";
export const KINDS: readonly Kind[] = ["OVERRIDE", "PRIOR_LEARNING"];
export const STATUSES = ["NEEDS_FOCUS", "LEARNING", "MASTERED"] as const;
/** A status stands for the middle of its levels; an exact level is typed. */
export type Meaning = (typeof STATUSES)[number] | "EXACT";

export interface Typed {
  kind: Kind;
  /** Null: not chosen yet. An override has no default. */
  meaning: Meaning | null;
  level: string;
  at: string;
  note: string;
}

export const EMPTY: Typed = { kind: "OVERRIDE", meaning: null, level: "", at: "", note: "" };

/** A percentage from 1 to 99 as a level, else null. */
export function judgedLevel(text: string): number | null {
  const number = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && number >= 1 && number <= 99 ? Number((number / 100).toFixed(6)) : null;
}

/** The input of `recordJudgements`. `at` is a local time of the browser. */
export function judgementOf({ kind, meaning, level, at, note }: Typed, id: string, student: Option, target: Option) {
  const of = targetOf(target.key)!;
  return {
    id,
    studentId: student.key,
    ...(of.kind === "concept" ? { conceptId: of.id } : { skillCode: of.id }),
    kind,
    ...(meaning === "EXACT" ? { level: judgedLevel(level) } : { status: meaning }),
    note: note.trim(),
    ...(at === "" ? {} : { at: new Date(at).toISOString() }),
  };
}

/** An id of a judgement that makes a retry safe. `randomUUID` exists on secure origins only. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
