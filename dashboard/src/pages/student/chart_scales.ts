/** Where the dots of a level's line stand, over answers or over time. */
import { scaleLinear } from "d3-scale";

export const CHART = { width: 920, height: 264, left: 40, right: 828, top: 20, bottom: 236 } as const;

export type Across = "answer" | "date";

export interface Point {
  x: number;
  y: number;
}

export interface Layout {
  y: (level: number) => number;
  /** The level before the first step. */
  start: Point;
  dots: Point[];
  /** Marks below the line: where, and of which step. */
  ticks: { x: number; index: number }[];
  /** The radius that keeps neighbours apart. */
  radius: number;
}

export interface Placed {
  at: string;
  before: number;
  after: number;
}

const TICKS = 6;

export function layOut(steps: readonly Placed[], across: Across): Layout {
  const y = scaleLinear([0, 1], [CHART.bottom, CHART.top]);
  const times = steps.map(({ at }) => new Date(at).getTime());
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  const byDate = across === "date" && last > first;
  const x = byDate
    ? scaleLinear([first, last], [CHART.left + 8, CHART.right - 8])
    : scaleLinear([-0.5, Math.max(steps.length - 0.5, 0.5)], [CHART.left, CHART.right]);
  const dots = steps.map(({ after }, index) => ({ x: x(byDate ? times[index]! : index), y: y(after) }));
  const spacing = (CHART.right - CHART.left) / Math.max(steps.length, 1);
  return {
    y,
    start: { x: CHART.left, y: y(steps[0]?.before ?? 0) },
    dots,
    ticks: ticksOf(dots, steps),
    radius: Math.min(5, Math.max(1.8, spacing / 2.4)),
  };
}

/** At most six marks, each a new day, with room for its words. */
function ticksOf(dots: readonly Point[], steps: readonly Placed[]): { x: number; index: number }[] {
  const room = (CHART.right - CHART.left) / TICKS;
  const ticks: { x: number; index: number }[] = [];
  let day = "";
  dots.forEach(({ x }, index) => {
    const today = steps[index]!.at.slice(0, 10);
    const last = ticks.at(-1);
    if (today !== day && (last === undefined || x - last.x >= room)) {
      ticks.push({ x, index });
      day = today;
    }
  });
  return ticks;
}

/** The step whose dot is nearest to a place across the chart. */
export function nearest(dots: readonly Point[], x: number): number {
  let best = 0;
  dots.forEach((dot, index) => {
    if (Math.abs(dot.x - x) < Math.abs(dots[best]!.x - x)) best = index;
  });
  return best;
}
