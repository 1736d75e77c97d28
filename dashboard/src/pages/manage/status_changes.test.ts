import { describe, expect, test } from "vitest";
import { decides, statusesOf, statusesUnder, transitions, type ClassLevels, type CutsInEffect } from "./status_changes";
import { statusOf } from "../../parts/level";

const CUTS = { mastered: 0.95, focus: 0.4, comparison: "INCLUSIVE" } as const;
const defaults: CutsInEffect = { ...CUTS, set: null };
const ofCourse = (id: string): CutsInEffect => ({ ...CUTS, set: { scopeKind: "COURSE", course: { id }, skill: null } });
const ofSkill = (id: string): CutsInEffect => ({ ...CUTS, set: { scopeKind: "SKILL", course: null, skill: { id } } });

describe("statusOf", () => {
  test("a level that equals a threshold has reached it, unless the comparison is strict", () => {
    expect(statusOf(0.95, CUTS)).toBe("MASTERED");
    expect(statusOf(0.4, CUTS)).toBe("LEARNING");
    expect(statusOf(0.95, { ...CUTS, comparison: "STRICT" })).toBe("LEARNING");
    expect(statusOf(0.4, { ...CUTS, comparison: "STRICT" })).toBe("NEEDS_FOCUS");
    expect(statusOf(null, CUTS)).toBe("NOT_STARTED");
  });
});

describe("decides", () => {
  test("thresholds of a skill win over those of a course, and the first by id over others", () => {
    expect(decides({ kind: "course", id: "b" }, defaults)).toBe(true);
    expect(decides({ kind: "course", id: "b" }, ofCourse("b"))).toBe(true);
    expect(decides({ kind: "course", id: "b" }, ofCourse("a"))).toBe(false);
    expect(decides({ kind: "course", id: "b" }, ofSkill("s"))).toBe(false);
    expect(decides({ kind: "skill", id: "s" }, ofCourse("a"))).toBe(true);
    expect(decides({ kind: "skill", id: "s" }, ofSkill("r"))).toBe(false);
  });
});

test("a preview counts what changes, and leaves targets with thresholds of their own alone", () => {
  const map: ClassLevels = {
    targetIds: ["x", "y"],
    levels: [
      [0.5, 0.5],
      [0.96, 0.96],
      [null, 0.2],
    ],
    thresholdGroups: [
      { targetIds: ["x"], thresholds: defaults },
      { targetIds: ["y"], thresholds: ofSkill("y") },
    ],
  };
  const next = { mastered: 0.97, focus: 0.6, comparison: "INCLUSIVE" } as const;
  const changes = transitions(statusesOf([map]), statusesUnder([map], { kind: "course", id: "c" }, next));
  expect(changes).toEqual([
    { before: "LEARNING", after: "NEEDS_FOCUS", count: 1 },
    { before: "MASTERED", after: "LEARNING", count: 1 },
  ]);
});
