import { expect, test } from "vitest";
import { percentText, thresholdOf, valuesOf } from "./threshold_values";

test("percentages are read and written without errors of binary fractions", () => {
  expect(percentText(0.07)).toBe("7");
  expect(percentText(0.575)).toBe("57.5");
  expect(thresholdOf("57,5")).toBe(0.575);
  expect(thresholdOf("7")).toBe(0.07);
  for (const text of ["", " ", "0", "100", "-3", "x", "40 %"]) expect(thresholdOf(text)).toBeNull();
});

test("values need mastered above focus and whole answers", () => {
  const typed = { mastered: "90", focus: "40", weak: "50", weakAttempts: "5", comparison: "INCLUSIVE" } as const;
  expect(valuesOf(typed)).toEqual({ mastered: 0.9, focus: 0.4, weak: 0.5, weakAttempts: 5, comparison: "INCLUSIVE" });
  expect(valuesOf({ ...typed, focus: "90" })).toBeNull();
  expect(valuesOf({ ...typed, weakAttempts: "2.5" })).toBeNull();
});
