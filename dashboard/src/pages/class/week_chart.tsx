/** Answers a day: a bar for this week beside a paler one for the week before. The same numbers as a table, and as files. */
import { scaleLinear } from "d3-scale";
import type { JSX, RefObject } from "preact";
import { useRef } from "preact/hooks";
import { formatTime, regionOf } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { saveCsv, saveSvg } from "../../parts/download";
import messages from "./messages";
import { isMorning, noonOf, type WeekDay } from "./week";

const WIDTH = 322;
const HEIGHT = 122;
const BASE = 100;
const TOP = 16;
const BAR = 15;

export function WeekChart({ name, week, now }: { name: string; week: readonly WeekDay[]; now: Date }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const drawing = useRef<SVGSVGElement>(null);
  const weekday = (day: string, weekday: "short" | "long") => new Intl.DateTimeFormat(regionOf(language), { weekday }).format(noonOf(day));
  const label = say.chart(week.map(({ day, answers, before }) => say.chartDay(weekday(day, "long"), answers, before)).join("; "));
  const file = `${name} ${say.file} ${week[0]!.day}`;
  const rows = week.map(({ day, answers, before }) => [day, answers, before] as const);
  return (
    <figure class="week-chart">
      <Bars drawing={drawing} week={week} label={label} weekday={(day) => weekday(day, "short")} isPart={isMorning(now)} />
      <figcaption>
        <p class="legend tiny">
          <span class="key">
            <i class="this" />
            {say.thisWeek}
          </span>
          <span class="key">
            <i class="before" />
            {say.weekBefore}
          </span>
        </p>
        {isMorning(now) && <p class="tiny muted">{say.partOfDay(formatTime(now, language))}</p>}
        <details>
          <summary>{say.asTable}</summary>
          <table class="table">
            <caption class="sr">{say.week}</caption>
            <thead>
              <tr>
                <th scope="col">{say.day}</th>
                <th scope="col" class="r">
                  {say.thisWeek}
                </th>
                <th scope="col" class="r">
                  {say.weekBefore}
                </th>
              </tr>
            </thead>
            <tbody>
              {week.map(({ day, answers, before }) => (
                <tr key={day}>
                  <th scope="row">{new Intl.DateTimeFormat(regionOf(language), { weekday: "short", day: "numeric", month: "short" }).format(noonOf(day))}</th>
                  <td class="r">{answers}</td>
                  <td class="r">{before}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="row">
            <button type="button" class="btn" onClick={() => saveCsv(`${file}.csv`, [[say.day, say.thisWeek, say.weekBefore], ...rows])}>
              {say.downloadCsv}
            </button>
            <button type="button" class="btn" onClick={() => drawing.current && saveSvg(`${file}.svg`, drawing.current)}>
              {say.downloadImage}
            </button>
          </p>
        </details>
      </figcaption>
    </figure>
  );
}

interface BarsProps {
  drawing: RefObject<SVGSVGElement>;
  week: readonly WeekDay[];
  label: string;
  weekday: (day: string) => string;
  /** Whether the last day has only begun. */
  isPart: boolean;
}

function Bars({ drawing, week, label, weekday, isPart }: BarsProps): JSX.Element {
  const most = Math.max(1, ...week.flatMap(({ answers, before }) => [answers, before]));
  const top = scaleLinear([0, most], [BASE, TOP]);
  const step = WIDTH / week.length;
  return (
    <svg ref={drawing} class="chart week-bars" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      <line class="axis" x1="0" x2={WIDTH} y1={BASE + 0.5} y2={BASE + 0.5} />
      {week.map(({ day, answers, before }, index) => {
        const x = index * step + step / 2;
        return (
          <g key={day} class={isPart && index === week.length - 1 ? "part" : undefined}>
            <rect class="before" x={x - BAR - 1} width={BAR} rx="2" y={top(before)} height={BASE - top(before)} />
            <rect class="this" x={x + 1} width={BAR} rx="2" y={top(answers)} height={BASE - top(answers)} />
            <text class="strong" x={x + 1 + BAR / 2} y={top(answers) - 6} text-anchor="middle">
              {answers}
            </text>
            <text x={x} y={BASE + 16} text-anchor="middle">
              {weekday(day)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
