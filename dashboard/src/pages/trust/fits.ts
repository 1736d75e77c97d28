/** Fits of the past, and what they changed. */
import type { FitReason, TrustHistoryQuery } from "../../generated/documents";

export type FittedSet = TrustHistoryQuery["parameterSets"]["nodes"][number];

/** From this sum of guess and slip on, answers say little. */
export const LARGEST_SUM = 0.6;

export function sayLittle({ guess, slip }: { guess: number; slip: number }): boolean {
  return guess + slip > LARGEST_SUM;
}

export interface FitBatch {
  at: string;
  /** Those whose values are in effect first. */
  sets: FittedSet[];
  active: number;
}

/** The sets that were stored by one fit, newest fit first: they carry the same moment. */
export function batchesOf(sets: readonly FittedSet[]): FitBatch[] {
  const batches = new Map<string, FittedSet[]>();
  for (const set of sets) {
    if (set.createdAt === null) continue;
    batches.set(set.createdAt, [...(batches.get(set.createdAt) ?? []), set]);
  }
  return [...batches]
    .map(([at, some]) => ({
      at,
      sets: some.sort((one, other) => Number(other.active) - Number(one.active) || nameOf(one).localeCompare(nameOf(other))),
      active: some.filter(({ active }) => active === true).length,
    }))
    .sort((one, other) => other.at.localeCompare(one.at));
}

/** The name of what a set was fitted to. */
export function nameOf({ fit }: FittedSet): string {
  return fit?.target?.name ?? fit?.conceptId ?? fit?.skillCode ?? "";
}

export type Outcome = "better" | "unproven" | "noBetter" | "tooFew";
export const OUTCOMES: readonly Outcome[] = ["better", "unproven", "noBetter", "tooFew"];

const KEPT_ASIDE: readonly string[] = [
  "MASTERED_TOO_UNCERTAIN", "STATES_AT_BOUND", "WORSE_ON_HELD_OUT", "NO_BETTER_THAN_SHARE", "WORSE_RANKING", "WORSE_CALIBRATION", "WITHIN_CHANCE",
] satisfies FitReason[];

/** The counts of a fit's reasons, as four groups. */
export function outcomesOf(reasons: Record<string, number>): Record<Outcome, number> {
  const counts = { better: 0, unproven: 0, noBetter: 0, tooFew: 0 };
  for (const [reason, count] of Object.entries(reasons)) counts[outcomeOf(reason)] += count;
  return counts;
}

function outcomeOf(reason: string): Outcome {
  if (reason === "IMPROVED") return "better";
  if (reason === "NO_IMPROVEMENT") return "noBetter";
  return KEPT_ASIDE.includes(reason) ? "unproven" : "tooFew";
}

interface FitSummary {
  targets: number;
  replayedLevels: number;
  reasons: Record<string, number>;
  before: { logLoss: number } | null;
  heldOut: { logLoss: number; answers: number } | null;
}

/** The output of a fit's run, which the API gives as JSON. Null if it has another form. */
export function summaryOf(output: Record<string, unknown>): FitSummary | null {
  const { targets, replayedLevels, reasons, before, heldOut } = output;
  if (typeof targets !== "number" || typeof replayedLevels !== "number" || typeof reasons !== "object" || reasons === null) return null;
  const previous = metricsOf(before);
  const held = metricsOf(heldOut);
  return { targets, replayedLevels, reasons: reasons as Record<string, number>, before: previous, heldOut: held };
}

function metricsOf(value: unknown): { logLoss: number; answers: number } | null {
  if (typeof value !== "object" || value === null) return null;
  const { logLoss, answers } = value as Record<string, unknown>;
  return typeof logLoss === "number" && typeof answers === "number" ? { logLoss, answers } : null;
}
