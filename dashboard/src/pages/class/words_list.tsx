/** Students with their reasons. Each reason opens the student's page where it shows why. */
import type { JSX } from "preact";
import { Link } from "wouter-preact";
import { useLanguage, useMessages } from "../../i18n/language";
import { studentPath } from "../../parts/paths";
import messages from "./messages";
import { hasOwnTime, targetOf, textsOf, wasListed, type Listed, type ListedBefore } from "./reasons";

interface WordsListProps {
  group: string;
  students: readonly Listed[];
  /** Who was listed a week ago; undefined while it is not known. */
  before: Map<string, ListedBefore> | undefined;
}

export function WordsList({ group, students, before }: WordsListProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  return (
    <ul class="list">
      {students.map(({ studentId, student, reasons }) => (
        <li key={studentId}>
          <Link class="quiet" href={studentPath(group, studentId, targetOf(reasons, say, language))}>
            <strong>{student?.name ?? studentId}</strong>
          </Link>
          <ul class="why">
            {reasons.flatMap((reason) =>
              textsOf(reason, say, language).map(({ text, target }) => (
                <li key={text}>
                  {target === null ? (
                    text
                  ) : (
                    <Link class="quiet" href={studentPath(group, studentId, target)}>
                      {text}
                    </Link>
                  )}
                  {before !== undefined && !hasOwnTime(reason) && <Since isOld={wasListed(reason, before.get(studentId))} />}
                </li>
              )),
            )}
          </ul>
        </li>
      ))}
    </ul>
  );
}

function Since({ isOld }: { isOld: boolean }): JSX.Element {
  const say = useMessages(messages);
  return (
    <>
      , <span class={`since ${isOld ? "" : "new"}`}>{isOld ? say.sinceOld : say.sinceNew}</span>
    </>
  );
}
