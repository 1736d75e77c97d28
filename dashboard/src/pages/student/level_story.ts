/** What took a level down, or up: the wrong run after the highest point. */
export interface Evidence {
  at: string;
  before: number;
  after: number;
  /** Whether the answer counts as correct; null for a judgement. */
  correct: boolean | null;
}

export interface Run {
  answers: number;
  from: string;
  to: string;
}

export type Story =
  | { kind: "none" }
  /** The last evidence is a judgement. */
  | { kind: "judged"; at: string; level: number }
  /** The level is at its highest point, or as good as there. */
  | { kind: "top"; right: number; before: number; level: number }
  /** It was higher: the right answers up to the top, the wrong ones after it, and the level since. */
  | { kind: "down"; right: number; top: number; wrong: Run; low: number; level: number; first: number; recovered: "no" | "partly" | "open" }
  /** It was higher, and no wrong answer followed: a judgement, or forgetting, lowered it. */
  | { kind: "lowered"; top: number; at: string; judged: boolean; level: number };

const SAME = 1e-9;
/** A level this near to its highest point has not been taken down. */
const NEAR = 0.03;
/** A level this far above its low has recovered in part. */
const RECOVERY = 0.05;

export function levelStory(steps: readonly Evidence[]): Story {
  const last = steps.at(-1);
  if (last === undefined) return { kind: "none" };
  if (last.correct === null) return { kind: "judged", at: last.at, level: last.after };
  const top = Math.max(steps[0]!.before, ...steps.map(({ after }) => after));
  const peak = steps.findLastIndex(({ after }) => after >= top - SAME); // -1: the start was the highest
  if (top - last.after < NEAR) {
    const right = runBefore(steps, steps.length - 1, true);
    return { kind: "top", right, before: steps[steps.length - right]?.before ?? last.before, level: last.after };
  }
  const start = steps.findIndex(({ correct }, index) => index > peak && correct !== true);
  const first = steps[start];
  if (first === undefined || first.correct === null) {
    const step = first ?? steps[peak + 1]!;
    return { kind: "lowered", top, at: step.at, judged: first !== undefined, level: last.after };
  }
  let end = start;
  while (steps[end + 1]?.correct === false) end += 1;
  const low = steps[end]!.after;
  return {
    kind: "down",
    right: runBefore(steps, start - 1, true),
    top,
    wrong: { answers: end - start + 1, from: first.at, to: steps[end]!.at },
    low,
    level: last.after,
    first: start,
    recovered: end === steps.length - 1 ? "open" : last.after - low >= RECOVERY ? "partly" : "no",
  };
}

/** How many steps up to one of them, and with it, are right (or wrong) without a break. */
function runBefore(steps: readonly Evidence[], end: number, correct: boolean): number {
  let count = 0;
  while (steps[end - count]?.correct === correct) count += 1;
  return count;
}
