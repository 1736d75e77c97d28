import { expect, test } from "vitest";
import { circleFrom } from "./circle";

test("the circle begins at the concept, so that the refused link closes it", () => {
  expect(circleFrom(["a", "b", "c", "a"], "b")).toEqual(["b", "c", "a", "b"]);
  expect(circleFrom(["a", "b", "a"], "a")).toEqual(["a", "b", "a"]);
  expect(circleFrom(["a", "a"], "a")).toEqual(["a", "a"]);
  expect(circleFrom(["a", "b", "a"], "elsewhere")).toEqual(["a", "b", "a"]);
});
