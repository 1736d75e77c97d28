/** How right the student has been lately in a skill: the windows of the recency score, and what each adds to it. */
import type { JSX } from "preact";
import { useCardQuery } from "../../api/use_query";
import { StudentLatelyDocument, StudentSkillsOfDocument, type StudentLatelyQuery } from "../../generated/documents";
import { formatDay, percent } from "../../i18n/format";
import { localeOf, useLanguage, useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { Term } from "../../parts/term";
import messages from "./messages";
import type { ChosenTarget } from "./target";
import { type StudentView } from "./view";

interface LatelyCardProps {
  view: StudentView;
  target: ChosenTarget;
}

/** The skill itself, or the first skill of a concept. */
export function LatelyCard({ view, target }: LatelyCardProps): JSX.Element {
  const say = useMessages(messages);
  const skills = useCardQuery(StudentSkillsOfDocument, { concept: target.id }, { pause: target.kind === "SKILL" });
  if (target.kind === "SKILL") return <SkillLately view={view} skill={target.id} />;
  const code = skills.data?.concept?.skills[0]?.code;
  if (code !== undefined) return <SkillLately view={view} skill={code} />;
  return (
    <Card title={say.latelyTitle} class="o6" query={skills}>
      {() => <p class="small muted">{say.noSkill}</p>}
    </Card>
  );
}

function SkillLately({ view, skill }: { view: StudentView; skill: string }): JSX.Element {
  const say = useMessages(messages);
  const locale = localeOf(useLanguage());
  const query = useCardQuery(StudentLatelyDocument, { student: view.id, skill, locale }, { refresh: 10_000 });
  const name = query.data?.student?.mastery?.target?.name;
  return (
    <Card title={name === undefined ? say.latelyTitle : say.lately(name)} class="o6" query={query}>
      {({ student }) => {
        const recency = student?.mastery?.recency;
        return recency ? <Windows recency={recency} /> : <p class="small muted">{say.noScore}</p>;
      }}
    </Card>
  );
}

type Recency = NonNullable<NonNullable<NonNullable<StudentLatelyQuery["student"]>["mastery"]>["recency"]>;

function Windows({ recency: { status, score, asOf, interval, breakdown } }: { recency: Recency }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  return (
    <>
      <p class="small muted student-lead">{say.latelyLead}</p>
      <table class="table">
        <thead class="sr">
          <tr>
            <th scope="col">{say.span}</th>
            <th scope="col">{say.right}</th>
            <th scope="col">{say.share}</th>
          </tr>
        </thead>
        <tbody>
          {breakdown.buckets.map(({ days, attempts, correct, accuracyPercent }) => (
            <tr key={days}>
              <th scope="row">{say.days(days)}</th>
              <td class="r">{attempts === 0 ? say.noneInSpan : say.rightOf(correct, attempts)}</td>
              <td class="r">{attempts === 0 ? "–" : say.percent(Math.round(accuracyPercent))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="small muted student-gap">
        {status === "SCORED" ? (
          <>
            <Term tip={say.latelyTip}>{say.score}</Term>{" "}
            {say.scoreOf(percent(score), interval ? percent(interval.low) : null, interval ? percent(interval.high) : null)}.
          </>
        ) : (
          say.tooFew(breakdown.actual, breakdown.required)
        )}{" "}
        {say.asOfDay(formatDay(asOf, language))}
      </p>
    </>
  );
}
