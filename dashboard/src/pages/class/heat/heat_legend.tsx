/** What colours, underlines and signs mean, and the thresholds: those in force or the caller's own. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { formatNumber } from "../../../i18n/format";
import { useLanguage, useMessages } from "../../../i18n/language";
import type { Thresholds } from "../../../parts/level";
import { Term } from "../../../parts/term";
import { toPercent } from "./heat_address";
import messages from "./messages";
import { ThresholdForm } from "./threshold_form";

/** Thresholds and the names of the columns that have them. */
export interface Limits {
  thresholds: Thresholds;
  names: readonly string[];
}

interface LegendProps {
  /** In force, those of most columns first. */
  limits: readonly Limits[];
  own: Thresholds | null;
  onOwn: (own: Thresholds | null) => void;
}

export function HeatLegend({ limits, own, onOwn }: LegendProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const percents = ({ focus, mastered }: Thresholds) =>
    [focus, mastered].map((threshold) => formatNumber(toPercent(threshold), language, 2)) as [string, string];
  const inForce = limits[0]!.thresholds;
  const [first, ...others] = limits;
  return (
    <div class="legend">
      <Ramp thresholds={own ?? inForce} />
      <span>
        <Term tip={say.levelTip}>{say.level}</Term>: {say.ink}
      </span>
      <span class="key">
        <i class="thin l2" aria-hidden="true">
          47
        </i>
        <Term tip={say.thinTip} right>
          {say.thin}
        </Term>
      </span>
      <span class="key">
        <i aria-hidden="true">·</i>
        {say.notStarted}
      </span>
      <span class={own === null ? "limits" : "limits own"}>
        {own !== null && <strong>{say.own}: </strong>}
        {say.thresholds(...percents(own ?? inForce))}{" "}
        <button type="button" class="link" aria-label={say.changeLabel} aria-haspopup="dialog" onClick={(event) => setAnchor(event.currentTarget)}>
          {say.change}
        </button>
        {own !== null && (
          <>
            {" "}
            <button type="button" class="link" onClick={() => onOwn(null)}>
              {say.reset}
            </button>
          </>
        )}
      </span>
      {own === null && others.length > 0 && first !== undefined && (
        <details>
          <summary>{say.varied}</summary>
          <ul>
            {others.flatMap(({ thresholds, names }) =>
              names.map((name) => <li key={name}>{say.ofColumn(name, ...percents(thresholds))}</li>),
            )}
          </ul>
        </details>
      )}
      {anchor !== null && <ThresholdForm anchor={anchor} start={own ?? inForce} hasOwn={own !== null} onOwn={onOwn} close={() => setAnchor(null)} />}
    </div>
  );
}

/** Below this a level that is not in focus is drawn darker, as in `stepOf`. */
const MIDDLE = 70;

/** The colour steps with the whole per cents that they show; steps without any are left out. */
export function rampOf({ focus, mastered }: Thresholds): { step: 1 | 2 | 3 | 4 | 5; from: number; to: number }[] {
  const [low, high] = [Math.ceil(toPercent(focus)), Math.ceil(toPercent(mastered))];
  const cuts = [0, Math.ceil(toPercent(focus / 2)), low, Math.min(Math.max(MIDDLE, low), high), high, 101];
  return ([1, 2, 3, 4, 5] as const)
    .map((step) => ({ step, from: cuts[step - 1]!, to: cuts[step]! - 1 }))
    .filter(({ from, to }) => from <= to);
}

function Ramp({ thresholds }: { thresholds: Thresholds }): JSX.Element {
  const say = useMessages(messages);
  const steps = rampOf(thresholds);
  return (
    <span class="ramp" role="img" aria-label={say.ramp("0", String(steps.at(-1)!.from))}>
      {steps.map(({ step, from, to }) => (
        <i key={step} class={`l${step}`}>
          {from === to ? from : to === 100 ? `${from}+` : `${from}–${to}`}
        </i>
      ))}
    </span>
  );
}
