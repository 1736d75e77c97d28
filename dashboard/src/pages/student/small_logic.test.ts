import { expect, test } from "vitest";
import { answersFor, curveLength, frequency } from "./forecast_numbers";
import { parseTarget, targetText, targetVariables } from "./target";
import { shortName } from "./view";
import { LONGEST_RUN, parseRun } from "./what_if";

test("a run is read as typed, in both languages", () => {
  expect(parseRun("r R, w f")).toEqual({ outcomes: [true, true, false, false], unreadable: null, isCut: false });
  expect(parseRun("rxw")).toEqual({ outcomes: [true, false], unreadable: "x", isCut: false });
  expect(parseRun("r".repeat(99))).toMatchObject({ isCut: true, outcomes: { length: LONGEST_RUN } });
});

test("chances become numbers of answers", () => {
  const chances = [0, 0.5, 0.8, 0.9];
  expect(answersFor(0.8, chances)).toBe(3);
  expect(answersFor(0.95, chances)).toBeNull();
  expect(curveLength(Array.from({ length: 100 }, (_, index) => index / 100))).toBe(100);
  expect(curveLength(Array.from({ length: 100 }, () => 1))).toBe(10);
});

test("small shares are counted in 1,000", () => {
  expect(frequency(0.22)).toEqual({ count: 22, of: 100 });
  expect(frequency(0.004)).toEqual({ count: 4, of: 1000 });
  expect(frequency(0.01)).toEqual({ count: 1, of: 100 });
  expect(frequency(0)).toEqual({ count: 0, of: 100 });
});

test("targets stand in the address", () => {
  expect(parseTarget("concept:a:b")).toEqual({ kind: "CONCEPT", id: "a:b" });
  expect(parseTarget("topic:x")).toBeNull();
  expect(parseTarget(null)).toBeNull();
  expect(targetText({ kind: "SKILL", id: "x" })).toBe("skill:x");
  expect(targetVariables({ kind: "SKILL", id: "x" })).toEqual({ concept: null, skill: "x" });
});

test("sentences use the first of two names only", () => {
  expect(shortName("Yara Egret")).toBe("Yara");
  expect(shortName("Egret, Yara")).toBe("Egret, Yara");
  expect(shortName("Ana María López")).toBe("Ana María López");
});
