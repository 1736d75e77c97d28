/** Axes of a plot: lines, numbers and names. */
import { scaleLinear } from "d3-scale";
import type { JSX } from "preact";

export interface Axis {
  low: number;
  high: number;
  ticks: readonly number[];
  name: string;
  show: (value: number) => string;
}

export interface Scales {
  x: (value: number) => number;
  y: (value: number) => number;
}

export const BOX = { width: 440, height: 392, left: 44, right: 424, top: 30, bottom: 340 };

/** Values beyond the axes are drawn at their ends. */
export function scalesOf(x: Axis, y: Axis): Scales {
  return {
    x: scaleLinear([x.low, x.high], [BOX.left, BOX.right]).clamp(true),
    y: scaleLinear([y.low, y.high], [BOX.bottom, BOX.top]).clamp(true),
  };
}

export function Frame({ x, y, scales }: { x: Axis; y: Axis; scales: Scales }): JSX.Element {
  return (
    <g aria-hidden="true">
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line class="plotline" x1={BOX.left} x2={BOX.right} y1={scales.y(tick)} y2={scales.y(tick)} />
          <text x={BOX.left - 8} y={scales.y(tick) + 4} text-anchor="end">
            {y.show(tick)}
          </text>
        </g>
      ))}
      {x.ticks.map((tick) => (
        <text key={tick} x={scales.x(tick)} y={BOX.bottom + 18} text-anchor="middle">
          {x.show(tick)}
        </text>
      ))}
      <text x={(BOX.left + BOX.right) / 2} y={BOX.bottom + 42} text-anchor="middle">
        {x.name}
      </text>
      <text x={BOX.left} y={BOX.top - 14}>
        {y.name}
      </text>
    </g>
  );
}
