/** Numbers of the form: percentages as typed, and what is wrong with them. */
import type { Thresholded } from "./thresholds_part";

export type Comparison = "INCLUSIVE" | "STRICT";

export interface Typed {
  mastered: string;
  focus: string;
  weak: string;
  weakAttempts: string;
  comparison: Comparison;
}

export interface Values {
  mastered: number;
  focus: number;
  weak: number;
  weakAttempts: number;
  comparison: Comparison;
}

export const NUMBERS = ["mastered", "focus", "weak"] as const;

/** A threshold as a percentage without the error of binary fractions: 0.07 is "7". */
export function percentText(threshold: number): string {
  return String(Number((threshold * 100).toFixed(6)));
}

export function typedOf({ mastered, focus, weak, weakAttempts, comparison }: Thresholded["thresholds"]): Typed {
  return { mastered: percentText(mastered), focus: percentText(focus), weak: percentText(weak), weakAttempts: String(weakAttempts), comparison };
}

/** A percentage as a threshold; null unless it is between 0 and 100. A decimal comma is read as well. */
export function thresholdOf(text: string): number | null {
  const number = Number(text.trim().replace(",", "."));
  if (text.trim() === "" || !(number > 0 && number < 100)) return null;
  return Number((number / 100).toFixed(8));
}

export function wholeOf(text: string): number | null {
  const number = Number(text.trim());
  return text.trim() !== "" && Number.isInteger(number) && number >= 1 ? number : null;
}

/** The values, or null while one of them is invalid. */
export function valuesOf({ mastered, focus, weak, weakAttempts, comparison }: Typed): Values | null {
  const [top, low, least, answers] = [thresholdOf(mastered), thresholdOf(focus), thresholdOf(weak), wholeOf(weakAttempts)];
  if (top === null || low === null || least === null || answers === null || top <= low) return null;
  return { mastered: top, focus: low, weak: least, weakAttempts: answers, comparison };
}
