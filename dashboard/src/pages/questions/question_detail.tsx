/** All that is known of one question. Escape closes it. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { formatNumber, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import type { QuestionFragment } from "../../generated/documents";
import { Term } from "../../parts/term";
import messages from "./messages";
import { estimate, frequency, missing, share, shareCorrect } from "./wording";

interface QuestionDetailProps {
  question: QuestionFragment;
  /** Whether it takes the focus: it was opened by hand, and not by a link. */
  focused: boolean;
  close: () => void;
}

export function QuestionDetail({ question, focused, close }: QuestionDetailProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const card = useRef<HTMLElement>(null);
  useEffect(() => {
    if (focused) card.current!.focus();
  }, [question.questionId, focused]);
  const correct = share(shareCorrect(question), say);
  const expected = question.expectedShare === null ? null : share(question.expectedShare, say);
  const suggested = question.suggestedDifficulty;
  const facts = { suggested, share: correct, expected: expected ?? say.unknown, reason: missing(question.difficulty.reason, say) };
  return (
    <section
      ref={card}
      class="card"
      tabIndex={-1}
      aria-labelledby="question-detail"
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <header>
        <h2 id="question-detail">{say.question(question.questionId)}</h2>
        <button type="button" class="btn sq" aria-label={say.closeDetail} onClick={close}>
          ×
        </button>
      </header>
      <div class="warnings">
        {question.warnings.map((warning) => (
          <p key={warning} class="note warn">
            <strong>▲ {say.warnings[warning].short}.</strong> {say.warnings[warning].long}
          </p>
        ))}
        <p class="note">
          <strong>{suggested === null ? say.noSuggestion : say.suggested[suggested]}.</strong> {say.suggestionReason(question.suggestionReason, facts)}
        </p>
      </div>
      <dl class="facts">
        <Fact name={say.facts.answers}>{say.answersOf(formatNumber(question.answers, language), formatNumber(question.students, language))}</Fact>
        <Fact name={say.facts.correct}>{say.correctOf(correct, expected)}</Fact>
        <Fact name={<Term tip={say.tips.difficulty}>{say.facts.difficulty}</Term>}>{estimate(question.difficulty, say, language)}</Fact>
        <Fact name={<Term tip={say.tips.tells}>{say.facts.tells}</Term>}>{estimate(question.discrimination, say, language)}</Fact>
        <Fact name={<Term tip={say.tips.guess}>{say.facts.guess}</Term>}>{frequency(question.guess, say, language)}</Fact>
        <Fact name={<Term tip={say.tips.slip}>{say.facts.slip}</Term>}>{frequency(question.slip, say, language)}</Fact>
        <Fact name={<Term tip={say.tips.information}>{say.facts.information}</Term>}>
          {question.information === null ? say.unknown : say.ofHundred(formatNumber(percent(question.information), language))}
        </Fact>
        <Fact name={say.facts.median}>
          {question.medianSeconds === null ? say.reasons.NO_TIMES : say.seconds(formatNumber(question.medianSeconds, language, 1))}
        </Fact>
        <Fact name={<Term tip={say.tips.fast}>{say.facts.fast}</Term>}>{frequency(question.rapidShare, say, language)}</Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: ComponentChildren; children: ComponentChildren }): JSX.Element {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
