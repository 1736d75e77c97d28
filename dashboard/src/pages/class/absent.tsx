/** The students who gave no answers this week, and since when. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { formatDay } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { studentPath } from "../../parts/paths";
import messages from "./messages";

const FIRST = 8;

interface AbsentProps {
  group: string;
  students: readonly { id: string; name: string; lastPracticedAt: string | null }[];
}

export function Absent({ group, students }: AbsentProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const [isOpen, open] = useState(false);
  const shown = isOpen ? students : students.slice(0, FIRST);
  return (
    <div class="absent small">
      <h3 class="small">{say.absent}</h3>
      <ul>
        {shown.map(({ id, name, lastPracticedAt }) => (
          <li key={id}>
            <Link class="quiet" href={studentPath(group, id)}>
              {name}
            </Link>{" "}
            <span class="faint">{lastPracticedAt === null ? say.absentNever : formatDay(lastPracticedAt, language)}</span>
          </li>
        ))}
      </ul>
      {students.length > FIRST && (
        <button type="button" class="link" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
          {isOpen ? say.fewer : say.more(students.length - FIRST)}
        </button>
      )}
    </div>
  );
}
