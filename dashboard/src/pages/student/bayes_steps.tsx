/** What one answer did to the level, in four steps: before, expected, after seeing it, after learning. */
import type { JSX } from "preact";
import { formatList, levelPercent, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import type { StudentView } from "./view";
import messages from "./why_messages";
import type { EvidenceStep } from "./why_types";

export function BayesSteps({ view, step: { answer, before, after } }: { view: StudentView; step: EvidenceStep }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  if (answer === null) return <p class="note">{say.judgedStep(levelPercent(before), levelPercent(after))}</p>;
  const { correct, countsAs, weight, evidenceReasons, pCorrect, posterior } = answer;
  const steps = [
    { share: levelPercent(answer.before), words: say.before(view.name), look: "" },
    { share: percent(pCorrect), words: say.expectedRight, look: "" },
    { share: levelPercent(posterior), words: say.seen(countsAs), look: countsAs ? "right" : "wrong" },
    { share: levelPercent(answer.after), words: say.learned, look: "" },
  ];
  const remarks = [
    weight === 0 ? say.weightNone : weight < 1 ? say.weightPart(percent(weight)) : null,
    countsAs !== correct ? say.countsAs(countsAs) : null,
    evidenceReasons.length > 0 ? say.because(formatList(evidenceReasons.map((reason) => say.reasons[reason]), language)) : null,
  ].filter((remark) => remark !== null);
  return (
    <>
      <ol class="steps">
        {steps.map(({ share, words, look }) => (
          <li key={words} class={look}>
            <b>{say.percent(share)}</b>
            {words}
          </li>
        ))}
      </ol>
      {remarks.length > 0 && <p class="small muted student-gap">{remarks.join(" ")}</p>}
    </>
  );
}
