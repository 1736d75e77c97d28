import { expect, test } from "vitest";
import { graphOf, linkKey, pathLinks, prerequisiteLayers, reach, route, drawnAfter } from "./concept_graph";

const concept = (id: string, ...prerequisiteIds: string[]) => ({ id, name: id.toUpperCase(), prerequisiteIds });
// a → b → c, a → c follows from them; x is of another course: a → x → d.
const CONCEPTS = [concept("a"), concept("b", "a"), concept("c", "a", "b"), concept("x", "a"), concept("d", "a", "x", "c")];
const REDUNDANT = [
  { prerequisiteId: "a", conceptId: "c" },
  { prerequisiteId: "a", conceptId: "d" },
];
const graph = graphOf(CONCEPTS, new Set(["a", "b", "c", "d"]), REDUNDANT);

test("links to concepts of other courses are left out", () => {
  expect(graph.links.map(({ from, to }) => from + to)).toEqual(["ab", "ac", "bc", "ad", "cd"]);
});

test("a link follows from others only if a longer way is on the map", () => {
  expect(graph.links.filter(({ implied }) => implied).map(({ from, to }) => from + to)).toEqual(["ac", "ad"]);
  const without = graphOf(CONCEPTS, new Set(["a", "d"]), REDUNDANT);
  expect(without.links).toEqual([{ from: "a", to: "d", implied: false }]);
});

test("layers count the longest way", () => {
  expect(graph.layers).toEqual([["a"], ["b"], ["c"], ["d"]]);
});

test("a circle does not hang", () => {
  const circle = graphOf([concept("a", "b"), concept("b", "a"), concept("c")], new Set(["a", "b", "c"]), []);
  expect(circle.layers).toEqual([["c"]]);
  expect(reach("a", circle.after)).toEqual(new Set(["a", "b"]));
});

test("routes take the fewest drawn links", () => {
  expect(route("a", new Set(["d"]), drawnAfter(graph))).toEqual([linkKey("c", "d"), linkKey("b", "c"), linkKey("a", "b")]);
  expect(route("d", new Set(["a"]), drawnAfter(graph))).toEqual([]);
});

test("a path leads through the concepts that it leaves out as mastered", () => {
  expect(pathLinks(["a", "c", "d"], graph)).toEqual(new Set([linkKey("b", "c"), linkKey("a", "b"), linkKey("c", "d")]));
});

test("prerequisites of a target by layers", () => {
  expect(prerequisiteLayers("c", graph)).toEqual([["a"], ["b"], ["c"]]);
  expect(prerequisiteLayers("a", graph)).toEqual([["a"]]);
});
