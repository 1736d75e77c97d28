import { expect, test } from "vitest";
import { layOut } from "./map_layout";
import { HEIGHT, WIDTH } from "./map_places";
import { linkKey } from "./concept_graph";

const link = (from: string, to: string, implied = false) => ({ from, to, implied });
const structure = { ids: ["a", "b", "c", "lone", "other"], links: [link("a", "b"), link("b", "c"), link("a", "c", true)] };

test("what comes before stands to the left", () => {
  const { places } = layOut(structure);
  expect(places.a!.x + WIDTH).toBeLessThan(places.b!.x);
  expect(places.b!.x + WIDTH).toBeLessThan(places.c!.x);
});

test("concepts without links stand below, and all inside of the drawing", () => {
  const { places, width, height } = layOut(structure);
  expect(places.lone!.y - HEIGHT).toBeGreaterThan(places.a!.y);
  expect(places.lone!.x).not.toBe(places.other!.x);
  for (const { x, y } of Object.values(places)) {
    expect(x - WIDTH / 2).toBeGreaterThanOrEqual(0);
    expect(x + WIDTH / 2).toBeLessThanOrEqual(width);
    expect(y + HEIGHT / 2).toBeLessThanOrEqual(height);
  }
});

test("every link has a line, those that follow from others too", () => {
  const { lines } = layOut(structure);
  expect(Object.keys(lines)).toEqual([linkKey("a", "b"), linkKey("b", "c"), linkKey("a", "c")]);
  for (const line of Object.values(lines)) expect(line).toMatch(/^M\d/);
});

test("a map without links is a block", () => {
  const ids = Array.from({ length: 50 }, (_, index) => `c${index}`);
  const { width, height } = layOut({ ids, links: [] });
  expect(width / height).toBeGreaterThan(0.8);
  expect(layOut({ ids: [], links: [] })).toEqual({ width: 0, height: 0, places: {}, lines: {} });
});
