/** The line of a level with its dots, the steps of the chosen dot, and the same as a table. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { useSearchParams } from "wouter-preact";
import { formatDay, formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { saveCsv, saveSvg } from "../../parts/download";
import shared from "../../parts/messages";
import { BayesSteps } from "./bayes_steps";
import type { Across } from "./chart_scales";
import { LevelLine } from "./level_line";
import type { StudentView } from "./view";
import messages from "./why_messages";
import { WhyTable, whyRows } from "./why_table";
import { numbersOf, type Explanation } from "./why_types";

interface LevelHistoryProps {
  view: StudentView;
  name: string;
  explanation: Explanation;
  /** The step that is chosen at first. */
  first: number;
}

export function LevelHistory({ view, name, explanation, first }: LevelHistoryProps): JSX.Element {
  const say = useMessages(messages);
  const { download, downloadImage } = useMessages(shared);
  const language = useLanguage();
  const drawing = useRef<SVGSVGElement>(null);
  const [search, setSearch] = useSearchParams();
  const across: Across = search.get("across") === "date" ? "date" : "answer";
  const choose = (next: Across) =>
    setSearch(
      (old) => {
        if (next === "date") old.set("across", next);
        else old.delete("across");
        return old;
      },
      { replace: true },
    );
  const { evidence, attempts, thresholds } = explanation;
  const [choice, setChosen] = useState(first);
  const chosen = Math.min(choice, evidence.length - 1); // a judgement that was taken back leaves fewer steps
  const step = evidence[chosen]!;
  const numbers = numbersOf(evidence, attempts);
  const when = formatDay(step.at, language);
  return (
    <>
      <div class="row between small muted student-key">
        <Key judged={evidence.some(({ judgement }) => judgement !== null)} />
        <div class="seg" role="group" aria-label={say.across}>
          <button type="button" aria-pressed={across === "answer"} onClick={() => choose("answer")}>
            {say.byAnswer}
          </button>
          <button type="button" aria-pressed={across === "date"} onClick={() => choose("date")}>
            {say.byDate}
          </button>
        </div>
      </div>
      <LevelLine
        drawing={drawing}
        evidence={evidence}
        numbers={numbers}
        thresholds={thresholds}
        across={across}
        chosen={chosen}
        choose={setChosen}
      />
      <div class="row between student-stephead">
        <h3 aria-live="polite">
          {step.answer
            ? say.stepHead(numbers[chosen]!, formatNumber(attempts, language), when, step.answer.correct)
            : say.judgedHead(when)}
        </h3>
        <span class="row">
          <button type="button" class="btn sq" aria-label={say.previous} disabled={chosen === 0} onClick={() => setChosen(chosen - 1)}>
            ‹
          </button>
          <button
            type="button"
            class="btn sq"
            aria-label={say.following}
            disabled={chosen >= evidence.length - 1}
            onClick={() => setChosen(chosen + 1)}
          >
            ›
          </button>
        </span>
      </div>
      <BayesSteps view={view} step={step} />
      <details class="small student-gap">
        <summary>{say.table}</summary>
        <WhyTable evidence={evidence} numbers={numbers} />
        <p class="row">
          <button type="button" class="btn" onClick={() => saveCsv(`${name}.csv`, whyRows(evidence, numbers, say))}>
            {download}
          </button>
          <button type="button" class="btn" onClick={() => drawing.current && saveSvg(`${name}.svg`, drawing.current)}>
            {downloadImage}
          </button>
        </p>
      </details>
    </>
  );
}

function Key({ judged }: { judged: boolean }): JSX.Element {
  const say = useMessages(messages);
  return (
    <span class="legend tiny">
      <span class="key">
        <svg width="12" height="12" aria-hidden="true">
          <circle cx="6" cy="6" r="5" fill="var(--l2)" />
        </svg>
        {say.rightKey}
      </span>
      <span class="key">
        <svg width="12" height="12" aria-hidden="true">
          <circle cx="6" cy="6" r="4.5" fill="none" stroke="var(--l2)" stroke-width="2" />
        </svg>
        {say.wrongKey}
      </span>
      {judged && (
        <span class="key">
          <svg width="14" height="14" aria-hidden="true">
            <path d="M7 1l6 6-6 6-6-6z" fill="var(--ink)" />
          </svg>
          {say.judgedKey}
        </span>
      )}
      <span class="only-wide">{say.chartHelp}</span>
    </span>
  );
}
