import { expect, test } from "vitest";
import { graphOf } from "./concept_graph";
import { drawMap } from "./map_drawing";
import { layOut } from "./map_layout";
import { sceneOf } from "./map_scene";
import { causeMarks, clusterLetter, levelStep, pathMarks, tintedClusters, type Marks } from "./marks";
import type { Palette } from "./palette";
import { svgPen } from "./pens";

const concept = (id: string, ...prerequisiteIds: string[]) => ({ id, name: `Name & ${id}`, prerequisiteIds });
const graph = graphOf([concept("a"), concept("b", "a"), concept("c", "b", "a"), concept("lone")], new Set(["a", "b", "c", "lone"]), [
  { prerequisiteId: "a", conceptId: "c" },
]);
const steps = [1, 2, 3, 4, 5].map((step) => ({ fill: `fill${step}`, text: `text${step}`, rule: `rule${step}` }));
const palette: Palette = {
  surface: "surface",
  line: "line",
  edge: "edge",
  link: "link",
  ink: "ink",
  ink2: "ink2",
  accent: "accent",
  onAccent: "onAccent",
  cause: "cause",
  causeLine: "causeLine",
  steps,
  clusters: ["tint"],
  font: "Sans",
};
const marks: Marks = {
  levels: new Map([
    ["a", { level: 0.1, thin: false }],
    ["b", { level: 0.5, thin: true }],
  ]),
  thresholds: new Map([["a", { focus: 0.4, mastered: 0.95 }]]),
  ...causeMarks([{ id: "a", blocks: ["c"] }], graph),
  ...pathMarks([], graph),
  clusters: new Map(),
};

function svg(changes: Partial<Marks> = {}, scale = 1, lit: Set<string> | null = null, implied = false): string {
  const layout = layOut(graph);
  const pen = svgPen("Sans");
  const scene = sceneOf(graph, layout, { ...marks, ...changes }, { implied, lit, palette, measure: ({ length }) => length * 7 });
  drawMap(pen, scene, palette, scale, { left: 0, top: 0, right: layout.width, bottom: layout.height });
  return pen.document(layout.width, layout.height, "paper", "Title");
}

test("a box has the colour of its level, thin evidence a rule, and what was not started a dashed edge", () => {
  const text = svg();
  expect(text).toContain('fill="fill1"');
  expect(text).toContain('fill="rule3"');
  expect(text).not.toContain('fill="fill3"');
  expect(text.match(/stroke="edge" stroke-width="1" stroke-dasharray="4 3"/g)).toHaveLength(2);
  expect(text).toContain(">10</text>");
  expect(text).toContain("Name &amp;");
});

test("a cause has an outline and a number, and dashed lines over the links to what it blocks", () => {
  const text = svg();
  expect(text.match(/stroke="causeLine" stroke-width="3"/g)).toHaveLength(1);
  const line = /<path d="([^"]*)"[^>]*stroke="causeLine"[^>]*stroke-dasharray="6 4"/.exec(text)?.[1];
  expect(line?.match(/M/g)).toHaveLength(2); // a to b, b to c
});

test("a path has blue outlines and lines, with the steps as numbers", () => {
  const text = svg(pathMarks([["a"], ["b"]], graph));
  expect(text.match(/stroke="accent" stroke-width="3"/g)).toHaveLength(2);
  expect(text).toMatch(/<path [^>]*stroke="accent"/);
});

test("links that follow from others are drawn on demand, areas are tinted, and what is not lit is dimmed", () => {
  expect(svg()).not.toContain('stroke-dasharray="2 4"');
  expect(svg({}, 1, null, true)).toContain('stroke-dasharray="2 4"');
  expect(svg({ clusters: new Map([["a", 0], ["b", 0]]) })).toMatch(/stroke="tint" stroke-width="26"/);
  expect(svg({}, 1, new Set(["a"])).match(/fill="surface" stroke="edge"[^>]*opacity="0.25"/g)).toHaveLength(2);
});

test("names are drawn from zoom 0.6, numbers while they can be read", () => {
  expect(svg({}, 0.6)).toContain("Name");
  expect(svg({}, 0.59)).not.toContain("Name");
  expect(svg({}, 0.59)).toContain(">10</text>");
  expect(svg({}, 0.1)).not.toContain(">10</text>");
});

test("levels, letters and areas", () => {
  expect(levelStep("b", marks)).toBe(3);
  expect(levelStep("lone", marks)).toBe(null);
  expect([0, 25, 26, 27].map(clusterLetter)).toEqual(["A", "Z", "AA", "AB"]);
  expect(tintedClusters([{ concepts: [1] }, { concepts: [1, 2] }])).toEqual([{ concepts: [1, 2] }]);
});
