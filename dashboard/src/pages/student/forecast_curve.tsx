/** The chance that the target is mastered within n answers, as an area. */
import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { formatList, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { saveSvg } from "../../parts/download";
import shared from "../../parts/messages";
import { curveLength } from "./forecast_numbers";
import messages from "./messages";

interface ForecastCurveProps {
  forecast: { answersToMastery: number | null; pMasteredWithin: number[] };
}

const SIZE = { width: 320, height: 116, top: 10, bottom: 92 };

export function ForecastCurve({ forecast: { answersToMastery, pMasteredWithin } }: ForecastCurveProps): JSX.Element {
  const say = useMessages(messages);
  const { downloadImage } = useMessages(shared);
  const language = useLanguage();
  const drawing = useRef<SVGSVGElement>(null);
  const length = curveLength(pMasteredWithin);
  const x = scaleLinear([0, length], [0, SIZE.width]);
  const y = scaleLinear([0, 1], [SIZE.bottom, SIZE.top]);
  const chances = [0, ...pMasteredWithin.slice(0, length)];
  const marks = [Math.round(length / 4), Math.round(length / 2), length];
  const parts = marks.map((answers) => say.curvePart(percent(chances[answers]!), answers));
  const expected = answersToMastery === null || answersToMastery > length ? null : answersToMastery;
  const shape = area<number>().x((_, index) => x(index)).y0(SIZE.bottom).y1(y)(chances) ?? "";
  const edge = line<number>().x((_, index) => x(index)).y(y)(chances) ?? "";
  return (
    <figure class="student-curve">
      <svg ref={drawing} class="chart" viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} role="img" aria-label={say.curve(formatList(parts, language))}>
        <path d={shape} fill="var(--l4)" />
        <path d={edge} fill="none" stroke="var(--o2)" stroke-width="1.5" />
        <line x1="0" x2={SIZE.width} y1={SIZE.bottom + 0.5} y2={SIZE.bottom + 0.5} stroke="var(--edge)" />
        {expected !== null && (
          <>
            <line x1={x(expected)} x2={x(expected)} y1={SIZE.top - 4} y2={SIZE.bottom} stroke="var(--ink)" stroke-dasharray="3 3" />
            <text
              class="strong"
              x={x(expected) + (expected < length * 0.6 ? 6 : -6)}
              y={SIZE.top + 6}
              text-anchor={expected < length * 0.6 ? "start" : "end"}
            >
              {say.expected(Math.max(1, Math.round(expected)))}
            </text>
          </>
        )}
        <text x="0" y={SIZE.height - 6}>
          {say.now}
        </text>
        <text x={SIZE.width / 2} y={SIZE.height - 6} text-anchor="middle">
          {say.answersUnit(length / 2)}
        </text>
        <text x={SIZE.width} y={SIZE.height - 6} text-anchor="end">
          {length}
        </text>
      </svg>
      <details class="tiny">
        <summary>{say.sameAsTable}</summary>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{say.afterAnswers}</th>
              <th scope="col" class="r">
                {say.chance}
              </th>
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: 10 }, (_, index) => Math.round(((index + 1) * length) / 10)).map((answers) => (
              <tr key={answers}>
                <th scope="row">{answers}</th>
                <td class="r">{say.percent(percent(chances[answers]!))}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <button type="button" class="link" onClick={() => drawing.current && saveSvg("forecast.svg", drawing.current)}>
          {downloadImage}
        </button>
      </details>
    </figure>
  );
}
