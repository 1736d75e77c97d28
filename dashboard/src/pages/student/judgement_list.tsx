/** What teachers set this level to, and what they took back. Who and why is for staff. */
import type { JSX } from "preact";
import { formatDay, levelPercent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import messages from "./why_messages";
import type { StaffMastery, WhyMastery } from "./why_types";

interface JudgementListProps {
  judgements: WhyMastery["judgements"];
  staff: StaffMastery | null;
}

export function JudgementList({ judgements: { nodes, totalCount }, staff }: JudgementListProps): JSX.Element | null {
  const say = useMessages(messages);
  const language = useLanguage();
  if (totalCount === 0) return null;
  return (
    <div class="student-judgements">
      <h3>{say.judgements}</h3>
      <ul class="list">
        {nodes.map(({ id, kind, level, at, revocation }) => {
          const words = kind === "OVERRIDE" ? say.override : say.priorLearning;
          const more = staff?.judgements.nodes.find((one) => one.id === id);
          return (
            <li key={id}>
              <span class={revocation === null ? "" : "student-revoked"}>{words(levelPercent(level), formatDay(at, language))}</span>
              {more?.author && ` ${say.by(more.author)}`}
              {more?.note && <p class="small muted">{more.note}</p>}
              {revocation !== null && (
                <p class="small muted">
                  {say.revoked(formatDay(revocation.recordedAt, language))}
                  {more?.revocation?.author && ` ${say.by(more.revocation.author)}`}
                  {more?.revocation?.note && `: ${more.revocation.note}`}
                </p>
              )}
            </li>
          );
        })}
      </ul>
      {totalCount > nodes.length && <p class="small muted">{say.more(totalCount - nodes.length)}</p>}
    </div>
  );
}
