import { expect, test } from "vitest";
import { compact, type Item } from "./compact";

const item = (y: number): Item => ({ y, half: 10, linked: [] });
const link = (a: Item, b: Item) => {
  a.linked.push(b);
  b.linked.push(a);
};

test("a chain becomes level", () => {
  const [a, b, c] = [item(0), item(300), item(50)];
  link(a, b);
  link(b, c);
  compact([[a], [b], [c]], 5);
  expect(Math.abs(a.y - b.y)).toBeLessThan(2);
  expect(Math.abs(b.y - c.y)).toBeLessThan(2);
});

test("items of a column keep their order and their room", () => {
  const left = item(0);
  const column = [item(0), item(200), item(900)];
  for (const one of column) link(left, one);
  compact([[left], column], 5);
  const [a, b, c] = column.map(({ y }) => y) as [number, number, number];
  expect(b - a).toBeCloseTo(25);
  expect(c - b).toBeCloseTo(25);
});

test("parts that no link joins move together", () => {
  const [a, b] = [item(0), item(5000)];
  compact([[a, b]], 5);
  expect(b.y - a.y).toBeCloseTo(25);
});
