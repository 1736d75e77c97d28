/** How a level is shown: its colour step, its sign, its words. */
import type { JSX } from "preact";
import { levelPercent } from "../i18n/format";
import { useMessages } from "../i18n/language";
import messages from "./messages";

export type Status = "NOT_STARTED" | "NEEDS_FOCUS" | "LEARNING" | "MASTERED";
export const STATUSES: readonly Status[] = ["NEEDS_FOCUS", "LEARNING", "MASTERED", "NOT_STARTED"];
export const SIGNS: Record<Status, string> = { NOT_STARTED: "·", NEEDS_FOCUS: "▲", LEARNING: "◐", MASTERED: "✓" };

export interface Thresholds {
  mastered: number;
  focus: number;
}

/** Below this a level that is not in focus is drawn darker. */
const MIDDLE = 0.7;

/** The colour step of a level, 1 to 5: [0, f/2), [f/2, f), [f, 0.7), [0.7, m), [m, 1]. */
export function stepOf(level: number, { focus, mastered }: Thresholds): 1 | 2 | 3 | 4 | 5 {
  if (level >= mastered) return 5;
  if (level < focus / 2) return 1;
  if (level < focus) return 2;
  return level < MIDDLE ? 3 : 4;
}

/** The status of a level, as docs/adr/0016 defines it; without a level, not started. */
export function statusOf(level: number | null, { focus, mastered, comparison }: Thresholds & { comparison?: "INCLUSIVE" | "STRICT" }): Status {
  if (level === null) return "NOT_STARTED";
  const reaches = (threshold: number) => (comparison === "STRICT" ? level > threshold : level >= threshold);
  if (reaches(mastered)) return "MASTERED";
  return reaches(focus) ? "LEARNING" : "NEEDS_FOCUS";
}

/** A level as a filled tile; with thin evidence, underlined. */
export function Tile({ level, thresholds, thin }: { level: number; thresholds: Thresholds; thin: boolean }): JSX.Element {
  return <span class={`lv l${stepOf(level, thresholds)}${thin ? " thin" : ""}`}>{levelPercent(level)}</span>;
}

export function StatusBadge({ status }: { status: Status }): JSX.Element {
  const say = useMessages(messages);
  return (
    <span class="badge">
      <span aria-hidden="true">{SIGNS[status]}</span>
      {say.status[status]}
    </span>
  );
}
