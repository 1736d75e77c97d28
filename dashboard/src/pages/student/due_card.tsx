/** Three targets that were known once and are probably forgotten. */
import type { JSX } from "preact";
import { Link } from "wouter-preact";
import { useCardQuery } from "../../api/use_query";
import { StudentDueDocument } from "../../generated/documents";
import { formatAgo, levelPercent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { Term } from "../../parts/term";
import messages from "./messages";
import { targetHref, type StudentView } from "./view";

export function DueCard({ view }: { view: StudentView }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const query = useCardQuery(StudentDueDocument, { student: view.id }, { refresh: 10_000 });
  return (
    <section class="card o5" aria-label={say.due}>
      <header>
        <h2>
          <Term tip={say.dueTip}>{say.due}</Term>
        </h2>
      </header>
      <States query={query} what={say.due}>
        {({ student }) =>
          !student || student.due.length === 0 ? (
            <p class="small muted">{say.dueEmpty}</p>
          ) : (
            <ul class="list">
              {student.due.map(({ lastPracticedAt, mastery: { id, level, target } }) => (
                <li key={id}>
                  {target && (
                    <Link class="quiet" href={targetHref(view, target)}>
                      <strong>{target.name}</strong>
                    </Link>
                  )}
                  <p class="small muted">{say.knownAt(levelPercent(level), formatAgo(lastPracticedAt, new Date(), language))}</p>
                </li>
              ))}
            </ul>
          )
        }
      </States>
    </section>
  );
}
