/** The students whom a cause holds back: the weakest first, each with level and number of answers. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { useMessages } from "../../i18n/language";
import { Tile } from "../../parts/level";
import { studentPath } from "../../parts/paths";
import messages from "./messages";
import type { Cause } from "./only_students";

/** So many names are shown at first. */
const FIRST = 6;

interface StuckStudentsProps {
  group: string;
  cause: Cause;
  students: NonNullable<Cause["heldBackStudents"]>;
}

export function StuckStudents({ group, cause, students: { nodes, totalCount } }: StuckStudentsProps): JSX.Element {
  const say = useMessages(messages);
  const [isOpen, open] = useState(false);
  const students = [...nodes].sort((one, other) => one.level - other.level || other.attempts - one.attempts);
  const shown = isOpen ? students : students.slice(0, FIRST);
  const rest = totalCount - shown.length;
  return (
    <>
      <h3 class="kicker">{say.stuckHere}</h3>
      <ul class="people">
        {shown.map(({ studentId, student, level, attempts, thresholds }) => (
          <li key={studentId}>
            <Link class="person" href={studentPath(group, studentId, `concept:${cause.conceptId}`)}>
              <Tile level={level} thresholds={thresholds} thin={false} />
              <span class="sr">%</span>
              {student?.name ?? studentId}
              <small>{say.answers(attempts)}</small>
            </Link>
          </li>
        ))}
        {isOpen && rest > 0 && <li class="small muted">{say.more(rest)}</li>}
      </ul>
      {students.length > FIRST && (
        <button type="button" class="link small more-names" aria-expanded={isOpen} onClick={() => open(!isOpen)}>
          {isOpen ? say.fewer : say.more(rest)}
        </button>
      )}
    </>
  );
}
