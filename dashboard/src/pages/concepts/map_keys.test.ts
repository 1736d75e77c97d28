import { expect, test } from "vitest";
import { graphOf } from "./concept_graph";
import { nextConcept } from "./map_keys";

// a    b  d
//      c
// e
const PLACES = { a: { x: 0, y: 0 }, e: { x: 4, y: 200 }, b: { x: 200, y: 0 }, c: { x: 200, y: 60 }, d: { x: 400, y: 0 } };
const concept = (id: string, ...prerequisiteIds: string[]) => ({ id, name: id, prerequisiteIds });
const graph = graphOf([concept("a"), concept("b"), concept("c", "a"), concept("d", "b", "a"), concept("e")], new Set("abcde"), []);
const next = (id: string, move: Parameters<typeof nextConcept>[1]) => nextConcept(id, move, graph, PLACES);

test("left and right follow links", () => {
  expect(next("a", "ArrowRight")).toBe("c");
  expect(next("d", "ArrowLeft")).toBe("b");
  expect(next("c", "ArrowLeft")).toBe("a");
});

test("without a link they go to the nearest of the next layer, or stay", () => {
  expect(next("e", "ArrowRight")).toBe("c");
  expect(next("b", "ArrowLeft")).toBe("a");
  expect(next("d", "ArrowRight")).toBe("d");
});

test("up, down, Home and End stay in the layer", () => {
  expect(next("a", "ArrowDown")).toBe("e");
  expect(next("e", "ArrowDown")).toBe("e");
  expect(next("c", "ArrowUp")).toBe("b");
  expect(next("a", "End")).toBe("e");
  expect(next("c", "Home")).toBe("b");
});
