/** Answers as a table; on phones as cards, which need their roles again. */
import type { JSX } from "preact";
import type { StudentAnswersQuery } from "../../generated/documents";
import { formatMoment, formatNumber, levelPercent, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import messages from "./messages";
import type { ChosenTarget } from "./target";

export type Answer = NonNullable<StudentAnswersQuery["student"]>["answers"]["nodes"][number];
export type Change = Answer["changes"][number];

interface AnswersTableProps {
  answers: Answer[];
  /** The target whose level is shown; null for all that an answer changed. */
  scope: ChosenTarget | null;
}

export function AnswersTable({ answers, scope }: AnswersTableProps): JSX.Element {
  const say = useMessages(messages);
  const asked = answers.some(({ questionId }) => questionId !== null);
  return (
    <div class="tablewrap" role="region" aria-label={say.historyTable} tabIndex={0}>
      <table class="table cards student-answers" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th scope="col" role="columnheader">
              {say.when}
            </th>
            <th scope="col" role="columnheader">
              {say.answer}
            </th>
            {asked && (
              <th scope="col" role="columnheader">
                {say.question}
              </th>
            )}
            <th scope="col" role="columnheader" class="r">
              {say.took}
            </th>
            <th scope="col" role="columnheader" class={scope === null ? "" : "r"}>
              {scope === null ? say.about : say.change}
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {answers.map((answer) => (
            <Row key={answer.id} answer={answer} scope={scope} asked={asked} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  answer: Answer;
  scope: ChosenTarget | null;
  /** Whether there is a column of questions. */
  asked: boolean;
}

function Row({ answer, scope, asked }: RowProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const { at, correct, countsAs, weight, questionId, responseTime, changes } = answer;
  const remarks = [
    weight === 0 ? say.countsNot : weight < 1 ? say.countsPart(percent(weight)) : null,
    countsAs !== correct ? say.countsAs(countsAs) : null,
  ].filter((remark) => remark !== null);
  return (
    <tr role="row">
      <td role="cell" data-l={say.whenShort}>
        {formatMoment(at, language)}
      </td>
      <td role="cell" data-l={say.answer}>
        <span>
          <span aria-hidden="true">{correct ? "●" : "○"}</span> {correct ? say.right : say.wrong}
          {remarks.length > 0 && <small class="muted"> ({remarks.join(", ")})</small>}
        </span>
      </td>
      {asked && (
        <td role="cell" data-l={say.question} class="student-question">
          {questionId ?? "–"}
        </td>
      )}
      <td role="cell" data-l={say.took} class="r">
        {responseTime === null ? "–" : say.seconds(formatNumber(responseTime, language))}
      </td>
      <td role="cell" data-l={scope === null ? say.about : say.change} class={scope === null ? "student-changes" : "r"}>
        {scope === null ? <Changes changes={changes} /> : <Levels change={changeOf(changes, scope)} />}
      </td>
    </tr>
  );
}

function Changes({ changes }: { changes: Change[] }): JSX.Element {
  return (
    <ul>
      {changes.map((change) => (
        <li key={`${change.concept} ${change.skill}`}>
          <span>{change.target?.name ?? change.concept ?? change.skill}</span> <Levels change={change} />
        </li>
      ))}
    </ul>
  );
}

function Levels({ change }: { change: Change | undefined }): JSX.Element {
  const say = useMessages(messages);
  if (change === undefined) return <span>–</span>;
  const [before, after] = [levelPercent(change.levelBefore), levelPercent(change.levelAfter)];
  return (
    <span class="student-nowrap">
      <span aria-hidden="true">{say.from(before, after)}</span>
      <span class="sr">{say.fromWords(before, after)}</span>
    </span>
  );
}

/** What an answer did to one target. */
export function changeOf(changes: readonly Change[], { kind, id }: ChosenTarget): Change | undefined {
  return changes.find(({ concept, skill }) => (kind === "CONCEPT" ? concept : skill) === id);
}
