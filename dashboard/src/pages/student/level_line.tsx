/** The line of a level over answers or dates, with the bands of the thresholds and a dot for each answer. */
import { line } from "d3-shape";
import type { JSX, RefObject } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { formatDay, levelPercent, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { CHART, layOut, nearest, type Across, type Layout, type Point } from "./chart_scales";
import messages from "./why_messages";
import type { EvidenceStep } from "./why_types";

interface LevelLineProps {
  drawing: RefObject<SVGSVGElement>;
  evidence: EvidenceStep[];
  numbers: number[];
  thresholds: { mastered: number; focus: number };
  across: Across;
  chosen: number;
  choose: (index: number) => void;
}

const KEYS: Record<string, (chosen: number, last: number) => number> = {
  ArrowRight: (chosen, last) => Math.min(last, chosen + 1),
  ArrowLeft: (chosen) => Math.max(0, chosen - 1),
  Home: () => 0,
  End: (_, last) => last,
};

export function LevelLine({ drawing, evidence, numbers, thresholds, across, chosen, choose }: LevelLineProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const layout = useMemo(() => layOut(evidence, across), [evidence, across]);
  const scroller = useRef<HTMLDivElement>(null);
  const byKey = useRef(false);
  useEffect(() => {
    if (!byKey.current) return;
    byKey.current = false;
    drawing.current?.querySelector<SVGElement>('.dot[tabindex="0"]')?.focus();
  }, [chosen]);
  // On a phone the chart is wider than the screen: the latest answers are what one came for.
  useEffect(() => {
    const box = scroller.current;
    if (box) box.scrollLeft = (layout.dots[chosen]!.x / CHART.width) * box.scrollWidth - box.clientWidth / 2;
  }, [layout]);
  const path = line<Point>().x(({ x }) => x).y(({ y }) => y)([layout.start, ...layout.dots]) ?? "";
  const onKeyDown = (event: KeyboardEvent) => {
    const move = KEYS[event.key];
    if (move === undefined) return;
    event.preventDefault();
    byKey.current = true;
    choose(move(chosen, evidence.length - 1));
  };
  const onClick = (event: MouseEvent) => {
    const box = drawing.current!.getBoundingClientRect();
    choose(nearest(layout.dots, ((event.clientX - box.left) / box.width) * CHART.width));
  };
  const [first, last] = [evidence[0]!, evidence.at(-1)!];
  return (
    <div class="scrollchart" ref={scroller} role="region" aria-label={say.chartRegion}>
      <svg
        ref={drawing}
        class="chart student-line"
        viewBox={`0 0 ${CHART.width} ${CHART.height}`}
        role="group"
        aria-label={say.chart(evidence.length, levelPercent(first.before), levelPercent(last.after))}
        onClick={onClick}
        onKeyDown={onKeyDown}
      >
        <Frame layout={layout} thresholds={thresholds} />
        {layout.ticks.map(({ x, index }) => (
          <g key={index}>
            <line x1={x} x2={x} y1={CHART.bottom} y2={CHART.bottom + 6} stroke="var(--edge)" />
            <text x={x} y={CHART.bottom + 20}>
              {formatDay(evidence[index]!.at, language)}
            </text>
          </g>
        ))}
        <path d={path} fill="none" stroke="var(--l2)" stroke-width="2" stroke-linejoin="round" />
        {evidence.map((step, index) => (
          <Dot
            key={index}
            step={step}
            place={layout.dots[index]!}
            radius={layout.radius}
            isChosen={index === chosen}
            label={say.dot(numbers[index]!, formatDay(step.at, language), lookOf(step), levelPercent(step.before), levelPercent(step.after))}
          />
        ))}
      </svg>
    </div>
  );
}

function Frame({ layout: { y }, thresholds: { mastered, focus } }: { layout: Layout; thresholds: { mastered: number; focus: number } }): JSX.Element {
  const say = useMessages(messages);
  const { left, right } = CHART;
  // Words of the two bands must not run into each other.
  const focusWords = Math.max(y(focus / 2), y(mastered) + 48);
  return (
    <>
      <rect x={left} y={y(1)} width={right - left} height={y(mastered) - y(1)} fill="var(--sunk)" />
      <rect x={left} y={y(focus)} width={right - left} height={y(0) - y(focus)} fill="var(--sunk)" />
      {[0, focus, mastered].map((level) => (
        <g key={level}>
          <line x1={left} x2={right} y1={y(level)} y2={y(level)} stroke="var(--line)" />
          <text x={left - 8} y={y(level) + 4} text-anchor="end">
            {say.percent(percent(level))}
          </text>
        </g>
      ))}
      <text x={right + 10} y={y(mastered) - 4} class="strong">
        {say.mastered}
      </text>
      <text x={right + 10} y={y(mastered) + 11}>
        {say.masteredFrom(percent(mastered))}
      </text>
      <text x={right + 10} y={focusWords} class="strong">
        {say.focus}
      </text>
      <text x={right + 10} y={focusWords + 15}>
        {say.focusBelow(percent(focus))}
      </text>
    </>
  );
}

function lookOf({ answer }: EvidenceStep): "right" | "wrong" | "judged" {
  return answer === null ? "judged" : answer.correct ? "right" : "wrong";
}

interface DotProps {
  step: EvidenceStep;
  place: Point;
  radius: number;
  isChosen: boolean;
  label: string;
}

function Dot({ step, place: { x, y }, radius, isChosen, label }: DotProps): JSX.Element {
  const small = radius < 4;
  const look = lookOf(step);
  return (
    <g
      class="dot"
      transform={`translate(${x.toFixed(1)} ${y.toFixed(1)})`}
      role="button"
      tabindex={isChosen ? 0 : -1}
      aria-pressed={isChosen}
      aria-label={label}
    >
      <circle class="halo" r={radius + 4} />
      {look === "judged" ? (
        <path d={`M0 ${-radius - 2}l${radius + 2} ${radius + 2}l${-radius - 2} ${radius + 2}l${-radius - 2} ${-radius - 2}z`} fill="var(--ink)" stroke="var(--surface)" />
      ) : look === "right" ? (
        <circle r={radius} fill="var(--l2)" stroke="var(--surface)" stroke-width={small ? 0.5 : 1.5} />
      ) : (
        <circle r={radius - 0.5} fill="var(--surface)" stroke="var(--l2)" stroke-width={small ? 1 : 2} />
      )}
    </g>
  );
}
