/** The causes after the first, one line each: whom they hold back, and who can't go on. */
import type { JSX } from "preact";
import { formatList } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import messages from "./messages";
import type { Cause } from "./only_students";
import { ShowStudents } from "./show_students";
import type { Waiting } from "./waiting";

/** So many names or concepts stand in one sentence. */
const FIRST = 6;

interface OtherCausesProps {
  causes: readonly Cause[];
  /** How many students were looked at. */
  students: number;
  waiting: ReadonlyMap<string, Waiting>;
  chosen: string | null;
  choose: (conceptId: string | null) => void;
}

export function OtherCauses({ causes, students, waiting, chosen, choose }: OtherCausesProps): JSX.Element {
  const say = useMessages(messages);
  return (
    <ol class="causes" aria-label={say.afterThat}>
      {causes.map((cause, index) => (
        <li key={cause.conceptId}>
          <span class="num" role="img" aria-label={say.place(index + 2)}>
            {index + 2}
          </span>
          <div>
            <h3 id={`cause-${index + 2}`}>{cause.concept?.name ?? cause.conceptId}</h3>
            <Names cause={cause} students={students} waiting={waiting.get(cause.conceptId)} />
          </div>
          <div class="act">
            <ShowStudents cause={cause} describedBy={`cause-${index + 2}`} chosen={chosen} choose={choose} />
          </div>
        </li>
      ))}
    </ol>
  );
}

function Names({ cause, students, waiting }: { cause: Cause; students: number; waiting: Waiting | undefined }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const cut = (words: readonly string[], all: number) =>
    formatList(all > FIRST ? [...words.slice(0, FIRST - 1), say.furtherOnes(all - FIRST + 1)] : words, language);
  const held = cause.heldBackStudents;
  const names = held === null ? [] : [...held.nodes].sort((one, other) => one.level - other.level).map(({ studentId, student }) => student?.name ?? studentId);
  const concepts = cut(cause.blocks.map(({ id, name }) => name || id), cause.blocks.length);
  const blocked = [...new Set([...(waiting?.names.values() ?? [])].flat())];
  const count = cause.studentsBlocked ?? 0;
  return (
    <p class="small muted">
      {held === null ? cause.students !== null && `${say.stuckOf(cause.students, students)}.` : `${cut(names, held.totalCount)}.`}{" "}
      {count > 0 && (blocked.length === count && count <= FIRST ? say.cannotGoOnTo(formatList(blocked, language), concepts) : say.countCannotGoOnTo(count, concepts))}
    </p>
  );
}
