/** Why a level is as it is: what took it down, the line with a dot for each answer, and the four steps of one of them. */
import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useCardQuery } from "../../api/use_query";
import { StudentWhyDocument, StudentWhyStaffDocument } from "../../generated/documents";
import { formatNumber, levelPercent } from "../../i18n/format";
import { localeOf, useLanguage, useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { Assumptions } from "./assumptions";
import { JudgementList } from "./judgement_list";
import { LevelHistory } from "./level_history";
import { levelStory } from "./level_story";
import { StoryText } from "./story_text";
import { targetVariables, type ChosenTarget } from "./target";
import { type StudentView } from "./view";
import messages from "./why_messages";
import type { Explanation, StaffMastery, WhyMastery } from "./why_types";

interface WhyCardProps {
  view: StudentView;
  target: ChosenTarget | null;
}

/** Answers of the line at first, and the most that the service explains. */
const FIRST = 100;
const MOST = 500;

export function WhyCard({ view, target }: WhyCardProps): JSX.Element | null {
  const say = useMessages(messages);
  const language = useLanguage();
  const id = useId();
  const [last, setLast] = useState(FIRST);
  const variables = { student: view.id, ...targetVariables(target) };
  const pause = target === null;
  const query = useCardQuery(StudentWhyDocument, { ...variables, last, locale: localeOf(language) }, { pause, refresh: 10_000 });
  const staff = useCardQuery(StudentWhyStaffDocument, variables, { pause: pause || !view.staff, refresh: 10_000 });
  const mastery = query.data?.student?.mastery;
  const heading = useFocusOnChange(target === null ? "" : `${target.kind}:${target.id}`);
  if (target === null) return null;
  return (
    <section class="card o4" id="why" aria-labelledby={id}>
      <header>
        <div>
          <p class="kicker">{say.title(mastery ? levelPercent(mastery.level) : null)}</p>
          <h2 id={id} ref={heading} tabIndex={-1}>
            {mastery?.target?.name ?? "…"}
          </h2>
        </div>
        {mastery && <span class="small muted student-count">{say.answersRight(mastery.attempts, mastery.correct)}</span>}
      </header>
      <States query={query} what={say.title(null)}>
        {({ student }) =>
          student?.mastery && student.explain ? (
            <Parts
              view={view}
              target={target}
              mastery={student.mastery}
              explanation={student.explain}
              staff={staff.data?.student?.mastery ?? null}
              last={last}
              more={last < MOST && student.explain.attempts > last ? () => setLast(MOST) : null}
            />
          ) : (
            <p class="small muted">{say.noEvidence}</p>
          )
        }
      </States>
    </section>
  );
}

interface PartsProps {
  view: StudentView;
  target: ChosenTarget;
  mastery: WhyMastery;
  explanation: Explanation;
  staff: StaffMastery | null;
  /** How many answers were asked for. */
  last: number;
  /** Shows more of a long history; null if all of it is shown, or all that can be. */
  more: (() => void) | null;
}

function Parts({ view, target, mastery, explanation, staff, last, more }: PartsProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const { evidence, attempts } = explanation;
  const story = levelStory(evidence.map(({ at, before, after, answer }) => ({ at, before, after, correct: answer ? answer.countsAs : null })));
  const answers = evidence.filter(({ answer }) => answer !== null).length;
  return (
    <>
      <StoryText story={story} />
      {evidence.length > 0 && (
        <LevelHistory
          key={`${mastery.id} ${last}`}
          view={view}
          name={mastery.target?.name ?? ""}
          explanation={explanation}
          first={story.kind === "down" ? story.first : evidence.length - 1}
        />
      )}
      {answers < attempts && (
        <p class="small muted student-gap">
          {say.shownLast(answers, formatNumber(attempts, language))}{" "}
          {more !== null && (
            <button type="button" class="link" onClick={more}>
              {say.showMore(Math.min(MOST, attempts))}
            </button>
          )}
        </p>
      )}
      <Assumptions view={view} kind={target.kind} parameters={explanation.parameters} fit={staff?.parameters.fit ?? null} />
      <JudgementList judgements={mastery.judgements} staff={staff} />
    </>
  );
}

/** The heading of the card. Another target moves the focus to it, but not the first one. */
function useFocusOnChange(target: string) {
  const heading = useRef<HTMLHeadingElement>(null);
  const last = useRef(target);
  useEffect(() => {
    if (last.current === target) return;
    last.current = target;
    heading.current?.focus({ preventScroll: true });
    heading.current?.closest("section")?.scrollIntoView({ block: "start" });
  }, [target]);
  return heading;
}
