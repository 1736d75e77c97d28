/** The next three concepts that the student is ready to learn, and what each opens. */
import type { JSX } from "preact";
import { Link } from "wouter-preact";
import { useCardQuery } from "../../api/use_query";
import { StudentNextDocument } from "../../generated/documents";
import { formatList, levelPercent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import messages from "./messages";
import { targetHref, type StudentView } from "./view";

const NAMES_SHOWN = 3;

export function NextCard({ view }: { view: StudentView }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const query = useCardQuery(StudentNextDocument, { student: view.id }, { refresh: 10_000 });
  const opened = (names: string[]): string => {
    if (names.length === 0) return say.opensNothing;
    const shown = names.length <= NAMES_SHOWN ? names : [...names.slice(0, NAMES_SHOWN - 1), say.more(names.length - NAMES_SHOWN + 1)];
    return say.opens(formatList(shown, language));
  };
  return (
    <Card title={say.next} class="o2" query={query}>
      {({ student }) =>
        !student || student.readyToLearn.length === 0 ? (
          <p class="small muted">{say.nextEmpty}</p>
        ) : (
          <ol class="next">
            {student.readyToLearn.map(({ conceptId, level, attempts, unlocksWeak, concept }, index) => (
              <li key={conceptId}>
                <span class="num plain" aria-hidden="true">
                  {index + 1}
                </span>
                <div>
                  <Link class="quiet" href={targetHref(view, { kind: "CONCEPT", id: conceptId })}>
                    <strong>{concept?.name ?? conceptId}</strong>
                  </Link>
                  <p class="small muted">
                    {attempts === 0 ? say.notStarted : say.nextLevel(levelPercent(level))}{" "}
                    {opened(concept?.unlocks.map(({ name }) => name) ?? [])}
                    {unlocksWeak > 0 && ` ${say.unlocksWeak(unlocksWeak)}`}
                  </p>
                </div>
              </li>
            ))}
          </ol>
        )
      }
    </Card>
  );
}
