import { expect, test } from "vitest";
import { nextPlace } from "./dots";

test("arrows stop at the ends, other keys do not move", () => {
  expect(nextPlace("ArrowRight", 1, 3)).toBe(2);
  expect(nextPlace("ArrowRight", 2, 3)).toBe(2);
  expect(nextPlace("ArrowUp", 0, 3)).toBe(0);
  expect(nextPlace("End", 0, 3)).toBe(2);
  expect(nextPlace("Home", 2, 3)).toBe(0);
  expect(nextPlace("Tab", 1, 3)).toBeNull();
});
