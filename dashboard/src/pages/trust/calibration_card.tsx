/** Forecasts against what happened: a reliability diagram, and its table. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { Loaded } from "../../api/use_query";
import type { TrustComparisonQuery } from "../../generated/documents";
import { formatNumber, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { saveCsv } from "../../parts/download";
import partMessages from "../../parts/messages";
import type { Dot } from "../../parts/plot/dots";
import { Plot } from "../../parts/plot/plot";
import messages from "./messages";
import { judgedModel, shareInterval, type Quality } from "./verdict";

interface CalibrationCardProps {
  query: Loaded<TrustComparisonQuery>;
  choice: ComponentChildren;
}

export function CalibrationCard({ query, choice }: CalibrationCardProps): JSX.Element {
  const say = useMessages(messages);
  return (
    <Card title={say.calibrationTitle} actions={choice} query={query}>
      {({ modelComparison }) => {
        const judged = judgedModel(modelComparison);
        if (judged === undefined || judged.calibration.length === 0) return <p class="muted">{say.noForecasts}</p>;
        return <Diagram quality={judged} file={`calibration-${modelComparison.kind.toLowerCase()}s`} />;
      }}
    </Card>
  );
}

const TICKS = [0, 0.25, 0.5, 0.75, 1];

function Diagram({ quality: { calibration }, file }: { quality: Quality; file: string }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const [chosen, choose] = useState<string | null>(null);
  const whole = (share: number) => formatNumber(percent(share), language);
  const most = Math.max(...calibration.map(({ answers }) => answers));
  const dots = calibration.map(
    ({ low, predicted, correct, answers }): Dot => ({
      id: String(low),
      x: predicted,
      y: correct,
      radius: 4 + 6 * Math.sqrt(answers / most),
      yRange: shareInterval(correct, answers),
      label: say.calibrationDot(whole(predicted), whole(correct), formatNumber(answers, language)),
    }),
  );
  const axis = { low: 0, high: 1, ticks: TICKS, show: whole };
  return (
    <>
      <p class="small muted">{say.calibrationAbout}</p>
      <Plot
        label={say.calibrationLabel(dots.length)}
        file={file}
        x={{ ...axis, name: say.calibrationX }}
        y={{ ...axis, name: say.calibrationY }}
        dots={dots}
        chosen={chosen}
        choose={(id) => choose(id === chosen ? null : id)}
      >
        {({ x, y }) => (
          <g aria-hidden="true">
            <path class="plotguide" d={`M${x(0)},${y(0)}L${x(1)},${y(1)}`} />
            <path class="plotpath" d={`M${dots.map((dot) => `${x(dot.x)},${y(dot.y)}`).join("L")}`} />
          </g>
        )}
      </Plot>
      <p class="small muted readout" role="status">
        {dots.find(({ id }) => id === chosen)?.label ?? say.calibrationHint}
      </p>
      <details class="gap">
        <summary>{say.asTable}</summary>
        <Bins calibration={calibration} file={file} />
      </details>
    </>
  );
}

function Bins({ calibration, file }: { calibration: Quality["calibration"]; file: string }): JSX.Element {
  const say = useMessages(messages);
  const parts = useMessages(partMessages);
  const language = useLanguage();
  const whole = (share: number) => formatNumber(percent(share), language);
  const columns = say.calibrationColumns;
  const save = () =>
    saveCsv(`${file}.csv`, [
      ["low", "high", "predicted", "correct", "intervalLow", "intervalHigh", "answers"],
      ...calibration.map(({ low, high, predicted, correct, answers }) => {
        const interval = shareInterval(correct, answers);
        return [low, high, predicted, correct, interval.low, interval.high, answers];
      }),
    ]);
  return (
    <>
      <div class="tablewrap" tabIndex={0} role="region" aria-label={say.calibrationTitle}>
        <table class="table">
          <thead>
            <tr>
              {[columns.bin, columns.mean, columns.correct, columns.range, columns.answers].map((name) => (
                <th key={name} scope="col" class="r">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {calibration.map(({ low, high, predicted, correct, answers }) => {
              const interval = shareInterval(correct, answers);
              return (
                <tr key={low}>
                  <td class="r">{`${whole(low)}–${whole(high)}%`}</td>
                  <td class="r">{whole(predicted)}%</td>
                  <td class="r">{whole(correct)}%</td>
                  <td class="r">{`${whole(interval.low)}–${whole(interval.high)}%`}</td>
                  <td class="r">{formatNumber(answers, language)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <button type="button" class="btn gap" onClick={save}>
        {parts.download}
      </button>
    </>
  );
}
