import { describe, expect, test } from "vitest";
import { comparedModels, judgedModel, meanGap, shareInterval, verdictOf, type Comparison, type Quality } from "./verdict";

function quality(model: Quality["model"], auc: number, predicted = 0.5, answers = 1000): Quality {
  const calibration = [{ low: 0.4, high: 0.5, answers, predicted, correct: 0.5 }];
  return { model, metrics: { answers, auc, logLoss: 1 - auc }, calibration };
}

function comparison(...models: Quality[]): Comparison {
  return { kind: "CONCEPT", answers: 1000, students: 30, folds: 5, caveats: [], models };
}

describe("the verdict", () => {
  test("is yes up to a gap of 5 points from 70 pairs on", () => {
    expect(verdictOf(quality("BKT_FITTED", 0.7, 0.46))).toBe("yes");
    expect(verdictOf(quality("BKT_FITTED", 0.699))).toBe("care");
    expect(verdictOf(quality("BKT_FITTED", 0.8, 0.44))).toBe("care");
  });

  test("is not known below 500 forecasts", () => {
    expect(verdictOf(quality("BKT_FITTED", 0.8, 0.5, 499))).toBe("unknown");
    expect(verdictOf(undefined)).toBe("unknown");
  });

  test("weighs gaps by answers", () => {
    const bins = [
      { low: 0, high: 0.1, answers: 30, predicted: 0.1, correct: 0.2 },
      { low: 0.5, high: 0.6, answers: 10, predicted: 0.5, correct: 0.5 },
    ];
    expect(meanGap({ ...quality("BKT_FITTED", 0.7), calibration: bins })).toBeCloseTo(0.075);
  });
});

describe("models", () => {
  const fitted = quality("BKT_FITTED", 0.75);
  const builtIn = quality("BKT_CONCEPT_DEFAULT", 0.7);

  test("the built-in values are judged where they are in effect", () => {
    expect(judgedModel(comparison(fitted, builtIn, { ...builtIn, model: "BKT_IN_EFFECT" }))).toBe(builtIn);
  });

  test("a fit in effect has seen the students: the held-out fit is judged", () => {
    expect(judgedModel(comparison(fitted, builtIn, quality("BKT_IN_EFFECT", 0.78)))).toBe(fitted);
  });

  test("are compared on students that they have not seen, without twins", () => {
    const ratio = quality("RATIO", 0.6);
    const all = comparison(fitted, { ...fitted, model: "BKT_FITTED_BY_QUESTION" }, builtIn, quality("BKT_IN_EFFECT", 0.78), quality("BKT_SKILL_DEFAULT", 0.6), ratio);
    expect(comparedModels(all)).toEqual([fitted, builtIn, ratio]);
  });
});

test("an interval stays within 0 and 1, and narrows with answers", () => {
  expect(shareInterval(1, 10).high).toBe(1);
  const few = shareInterval(0.5, 20);
  const many = shareInterval(0.5, 2000);
  expect(few.high - few.low).toBeGreaterThan(5 * (many.high - many.low));
});
