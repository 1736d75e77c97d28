/** The questions of a skill in the order of the service, a page at a time. Cards on phones. */
import type { JSX } from "preact";
import { formatNumber, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import type { QuestionFragment } from "../../generated/documents";
import { Term } from "../../parts/term";
import messages from "./messages";
import { estimate, missing, share, shareCorrect } from "./wording";

interface QuestionTableProps {
  questions: readonly QuestionFragment[];
  chosen: string | null;
  choose: (id: string, element: HTMLElement) => void;
}

export function QuestionTable({ questions, chosen, choose }: QuestionTableProps): JSX.Element {
  const say = useMessages(messages);
  return (
    <div class="tablewrap" tabIndex={0} role="region" aria-label={say.tableLabel}>
      <table class="table cards" role="table">
        <thead>
          <tr>
            <th scope="col">{say.columns.question}</th>
            <th scope="col" class="r">
              {say.columns.answers}
            </th>
            <th scope="col" class="r">
              {say.columns.correct}
            </th>
            <th scope="col" class="r">
              <Term tip={say.tips.difficulty}>{say.columns.difficulty}</Term>
            </th>
            <th scope="col" class="r">
              <Term tip={say.tips.tells}>{say.columns.tells}</Term>
            </th>
            <th scope="col" class="r">
              <Term tip={say.tips.fast} right>
                {say.columns.fast}
              </Term>
            </th>
            <th scope="col">{say.columns.check}</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {questions.map((question) => (
            <Row key={question.questionId} question={question} isChosen={question.questionId === chosen} choose={choose} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ question, isChosen, choose }: { question: QuestionFragment; isChosen: boolean; choose: QuestionTableProps["choose"] }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const { questionId, answers, difficulty, discrimination, rapidShare, warnings } = question;
  const isKnown = difficulty.value !== null && discrimination.value !== null;
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        <button type="button" class="link" aria-pressed={isChosen} onClick={(event) => choose(questionId, event.currentTarget)}>
          {questionId}
        </button>
      </th>
      <td role="cell" class="r" data-l={say.columns.answers}>
        {formatNumber(answers, language)}
      </td>
      <td role="cell" class="r" data-l={say.columns.correct}>
        {share(shareCorrect(question), say)}
      </td>
      <td role="cell" class="r whole" data-l={say.columns.difficulty}>
        {estimate(difficulty, say, language)}
      </td>
      <td role="cell" class="r whole" data-l={say.columns.tells}>
        {estimate(discrimination, say, language)}
      </td>
      <td role="cell" class="r whole" data-l={say.columns.fast}>
        {rapidShare.value === null ? missing(rapidShare.reason, say) : `${percent(rapidShare.value)}%`}
      </td>
      <td role="cell" class="whole" data-l={say.columns.check}>
        {warnings.length === 0 ? (
          isKnown ? <span class="badge ok">✓ {say.fine}</span> : <span class="muted">{say.notChecked}</span>
        ) : (
          <span class="row">
            {warnings.map((warning) => (
              <span key={warning} class="badge warn">
                ▲ {say.warnings[warning].short}
              </span>
            ))}
          </span>
        )}
      </td>
    </tr>
  );
}
