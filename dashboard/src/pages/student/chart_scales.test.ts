import { expect, test } from "vitest";
import { CHART, layOut, nearest } from "./chart_scales";

const steps = ["2026-09-01", "2026-09-01", "2026-09-03", "2026-09-30"].map((day, index) => ({
  at: `${day}T10:00:00Z`,
  before: index / 10,
  after: (index + 1) / 10,
}));

test("answers stand at equal distances, dates by time", () => {
  const [a, b, c] = layOut(steps, "answer").dots;
  expect(b!.x - a!.x).toBeCloseTo(c!.x - b!.x);
  const [d, e, f, g] = layOut(steps, "date").dots;
  expect(d!.x).toBe(e!.x);
  expect(f!.x - e!.x).toBeLessThan(g!.x - f!.x);
});

test("levels stand from bottom to top, and all within the frame", () => {
  const { y, dots } = layOut(steps, "answer");
  expect([y(0), y(1)]).toEqual([CHART.bottom, CHART.top]);
  for (const { x } of dots) expect(x).toBeGreaterThan(CHART.left);
});

test("500 answers on one day have one mark and small dots", () => {
  const many = Array.from({ length: 500 }, () => steps[0]!);
  expect(layOut(many, "date").ticks).toHaveLength(1);
  expect(layOut(many, "answer").radius).toBeLessThan(2);
});

test("the nearest dot is chosen", () => {
  const { dots } = layOut(steps, "answer");
  expect(nearest(dots, dots[2]!.x + 3)).toBe(2);
});
