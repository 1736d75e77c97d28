import { expect, test } from "vitest";
import type { TrustRunFragment } from "../../generated/documents";
import { outcomesOf, summaryOf } from "./fits";
import { runLines } from "./run_lines";

const RUN: TrustRunFragment = {
  id: "1",
  algorithm: "EXPIRE_SESSIONS",
  startedBy: "SCHEDULE",
  status: "SUCCESS",
  startedAt: "2026-01-01T00:00:00Z",
  finishedAt: "2026-01-01T00:00:01Z",
  progress: { step: "", done: 0, total: 0 },
};

test("repeated scheduled runs stand on one line, others on their own", () => {
  const fit: TrustRunFragment = { ...RUN, id: "3", algorithm: "FIT_PARAMETERS", startedBy: "MUTATION" };
  const failed: TrustRunFragment = { ...RUN, id: "5", status: "FAILED" };
  const lines = runLines([RUN, { ...RUN, id: "2" }, fit, { ...fit, id: "4" }, failed, { ...RUN, id: "6" }]);
  expect(lines.map(({ run, times }) => [run.id, times])).toEqual([["1", 2], ["3", 1], ["4", 1], ["5", 1], ["6", 1]]);
});

test("reasons of a fit fall into four groups", () => {
  expect(outcomesOf({ IMPROVED: 3, WITHIN_CHANCE: 2, WORSE_RANKING: 1, NO_IMPROVEMENT: 4, TOO_FEW_ANSWERS: 5, ALL_CORRECT: 1 })).toEqual({
    better: 3, unproven: 3, noBetter: 4, tooFew: 6,
  });
});

test("an output of another form is not read", () => {
  expect(summaryOf({ targets: "3" })).toBeNull();
  expect(summaryOf({ targets: 3, replayedLevels: 2, reasons: {}, before: null, heldOut: null })?.targets).toBe(3);
});
