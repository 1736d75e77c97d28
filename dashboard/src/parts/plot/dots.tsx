/** Dots of a plot with their intervals. One tab stop: arrows move, Enter opens. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Scales } from "./frame";

export interface Range {
  low: number;
  high: number;
}

export interface Dot {
  id: string;
  x: number;
  y: number;
  radius: number;
  xRange?: Range;
  yRange?: Range;
  /** Drawn as a diamond in the colour of causes. */
  marked?: boolean;
  label: string;
}

/** The place of the next dot for a key, or null if the key moves nothing. */
export function nextPlace(key: string, place: number, count: number): number | null {
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return Math.min(count - 1, place + 1);
    case "ArrowLeft":
    case "ArrowUp":
      return Math.max(0, place - 1);
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}

interface DotsProps {
  dots: readonly Dot[];
  scales: Scales;
  chosen: string | null;
  choose: (id: string, element: SVGGElement) => void;
}

export function Dots({ dots, scales, chosen, choose }: DotsProps): JSX.Element {
  const [focused, setFocused] = useState<string | null>(null);
  const elements = useRef(new Map<string, SVGGElement>());
  const stop = [focused, chosen].find((id) => dots.some((dot) => dot.id === id)) ?? dots[0]?.id;
  const onKey = (event: KeyboardEvent, place: number) => {
    const dot = dots[place]!;
    if (event.key === "Enter" || event.key === " ") choose(dot.id, elements.current.get(dot.id)!);
    const next = nextPlace(event.key, place, dots.length);
    if (next !== null) elements.current.get(dots[next]!.id)?.focus();
    if (next !== null || event.key === " " || event.key === "Enter") event.preventDefault();
  };
  return (
    <>
      {dots.map((dot, place) => (
        <g
          key={dot.id}
          ref={(element) => void (element ? elements.current.set(dot.id, element) : elements.current.delete(dot.id))}
          class={`plotdot${dot.marked ? " marked" : ""}${dot.id === chosen ? " chosen" : ""}`}
          role="button"
          tabIndex={dot.id === stop ? 0 : -1}
          aria-label={dot.label}
          aria-pressed={dot.id === chosen}
          data-dot={dot.id}
          onFocus={() => setFocused(dot.id)}
          onKeyDown={(event) => onKey(event, place)}
          onClick={(event) => choose(dot.id, event.currentTarget)}
        >
          <title>{dot.label}</title>
          {dot.yRange && <line x1={scales.x(dot.x)} x2={scales.x(dot.x)} y1={scales.y(dot.yRange.low)} y2={scales.y(dot.yRange.high)} />}
          {dot.xRange && <line y1={scales.y(dot.y)} y2={scales.y(dot.y)} x1={scales.x(dot.xRange.low)} x2={scales.x(dot.xRange.high)} />}
          <circle class="halo" cx={scales.x(dot.x)} cy={scales.y(dot.y)} r={dot.radius + 5} />
          {dot.marked ? (
            <path d={diamond(scales.x(dot.x), scales.y(dot.y), dot.radius + 2)} />
          ) : (
            <circle class="mark" cx={scales.x(dot.x)} cy={scales.y(dot.y)} r={dot.radius} />
          )}
        </g>
      ))}
    </>
  );
}

function diamond(x: number, y: number, half: number): string {
  return `M${x},${y - half}L${x + half},${y}L${x},${y + half}L${x - half},${y}Z`;
}
