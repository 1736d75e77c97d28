import { expect, test } from "vitest";
import { levelStory, type Evidence } from "./level_story";

/** Steps from a start, one for each letter: r(ight), w(rong), j(udgement), with the level after each. */
function steps(start: number, ...after: [string, number][]): Evidence[] {
  let before = start;
  return after.map(([letter, level], index) => {
    const step = { at: `2026-10-0${index + 1}T10:00:00Z`, before, after: level, correct: letter === "j" ? null : letter === "r" };
    before = level;
    return step;
  });
}

test("the wrong run after the last highest point took the level down", () => {
  const story = levelStory(steps(0.1, ["r", 0.4], ["w", 0.1], ["r", 0.5], ["r", 0.9], ["w", 0.6], ["w", 0.2], ["r", 0.22], ["w", 0.12]));
  expect(story).toEqual({
    kind: "down",
    right: 2,
    top: 0.9,
    wrong: { answers: 2, from: "2026-10-05T10:00:00Z", to: "2026-10-06T10:00:00Z" },
    low: 0.2,
    level: 0.12,
    first: 4,
    recovered: "no",
  });
});

test("a level that rose again has recovered in part, and one that only just fell is open", () => {
  expect(levelStory(steps(0.1, ["r", 0.9], ["w", 0.3], ["r", 0.6]))).toMatchObject({ low: 0.3, recovered: "partly" });
  expect(levelStory(steps(0.1, ["r", 0.9], ["w", 0.3]))).toMatchObject({ recovered: "open", right: 1 });
});

test("a start that was never reached again is the highest point, without a right run", () => {
  expect(levelStory(steps(0.4, ["w", 0.2], ["w", 0.1]))).toMatchObject({ kind: "down", top: 0.4, right: 0, first: 0, wrong: { answers: 2 } });
});

test("a level at or near its highest point was not taken down", () => {
  expect(levelStory(steps(0.1, ["w", 0.05], ["r", 0.4], ["r", 0.8]))).toEqual({ kind: "top", right: 2, before: 0.05, level: 0.8 });
  expect(levelStory(steps(0.1, ["r", 0.99], ["w", 0.97]))).toEqual({ kind: "top", right: 0, before: 0.99, level: 0.97 });
});

test("judgements are no answers", () => {
  expect(levelStory(steps(0.1, ["r", 0.4], ["j", 0.8]))).toMatchObject({ kind: "judged", level: 0.8 });
  expect(levelStory(steps(0.1, ["r", 0.9], ["j", 0.2], ["r", 0.5]))).toMatchObject({ kind: "lowered", judged: true, level: 0.5 });
  expect(levelStory([])).toEqual({ kind: "none" });
});
