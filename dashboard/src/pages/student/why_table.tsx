/** The steps of all answers shown, as a table and as rows of a file. */
import type { JSX } from "preact";
import { formatMoment, levelPercent, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import messages from "./why_messages";
import type { EvidenceStep } from "./why_types";

type Words = (typeof messages)["en"];

export function WhyTable({ evidence, numbers }: { evidence: EvidenceStep[]; numbers: number[] }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const heads = headsOf(say);
  return (
    <div class="tablewrap student-whytable" tabIndex={0} role="region" aria-label={say.table}>
      <table class="table">
        <thead>
          <tr>
            {heads.map((head, index) => (
              <th key={head} scope="col" class={index > 2 ? "r" : ""}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {evidence.map(({ at, before, after, answer }, index) => (
            <tr key={index}>
              <th scope="row">{answer ? numbers[index] : "–"}</th>
              <td>{formatMoment(at, language)}</td>
              <td>{resultOf(answer, say)}</td>
              <td class="r">{say.percent(levelPercent(before))}</td>
              <td class="r">{answer ? say.percent(percent(answer.pCorrect)) : "–"}</td>
              <td class="r">{answer ? say.percent(levelPercent(answer.posterior)) : "–"}</td>
              <td class="r">{say.percent(levelPercent(after))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function headsOf(say: Words): string[] {
  return [say.number, say.when, say.result, say.beforeColumn, say.expectedColumn, say.seenColumn, say.afterColumn];
}

function resultOf(answer: EvidenceStep["answer"], say: Words): string {
  return answer === null ? say.judged : answer.correct ? say.right : say.wrong;
}

/** The steps with all digits, under the heads of the table. */
export function whyRows(evidence: readonly EvidenceStep[], numbers: readonly number[], say: Words): (string | number | null)[][] {
  return [
    headsOf(say),
    ...evidence.map(({ at, before, after, answer }, index) => [
      answer ? numbers[index]! : null,
      at,
      resultOf(answer, say),
      before,
      answer?.pCorrect ?? null,
      answer?.posterior ?? null,
      after,
    ]),
  ];
}
