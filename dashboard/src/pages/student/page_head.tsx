/** The student's name, how far they are, and the choice of another student of the class. */
import { useClient } from "@urql/preact";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { StudentClassmatesDocument } from "../../generated/documents";
import { formatAgo } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { studentPath } from "../../parts/paths";
import { progressOf, type Head } from "./head";
import messages from "./messages";
import type { StudentView } from "./view";

interface PageHeadProps {
  view: StudentView;
  head: Head;
  /** The target of the address, which the next student keeps. */
  target: string | null;
}

export function PageHead({ view, head, target }: PageHeadProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const { started, mastered } = progressOf(head);
  const group = head.groups.find(({ id }) => id === view.group) ?? head.groups[0];
  const last = head.lastPracticedAt === null ? say.noAnswers : say.lastAnswer(formatAgo(head.lastPracticedAt, new Date(), language));
  return (
    <div class="pagehead">
      <div>
        <h1>{head.name}</h1>
        <p>
          {group !== undefined && `${group.name}. `}
          {say.practised(mastered, started)}, {last}
        </p>
      </div>
      {view.staff && view.group !== null && <Classmates group={view.group} student={view.id} name={head.name} target={target} />}
    </div>
  );
}

interface Classmate {
  id: string;
  name: string;
}

function Classmates({ group, student, name, target }: { group: string; student: string; name: string; target: string | null }): JSX.Element {
  const say = useMessages(messages);
  const [, navigate] = useLocation();
  const classmates = useClassmates(group);
  const all = classmates.some(({ id }) => id === student) ? classmates : [{ id: student, name }, ...classmates];
  return (
    <label class="row small muted">
      {say.student}
      <select
        class="select"
        value={student}
        onChange={({ currentTarget }) => navigate(studentPath(group, currentTarget.value, target ?? undefined))}
      >
        {all.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}

/** All students of a class by name, page after page. */
function useClassmates(group: string): Classmate[] {
  const client = useClient();
  const [classmates, setClassmates] = useState<Classmate[]>([]);
  useEffect(() => {
    let left = false;
    const read = async () => {
      const all: Classmate[] = [];
      let after: string | null = null;
      do {
        const { data } = await client.query(StudentClassmatesDocument, { group, after }, { requestPolicy: "cache-first" }).toPromise();
        if (left || data === undefined) return;
        all.push(...data.students.nodes);
        setClassmates([...all]);
        after = data.students.pageInfo.hasNextPage ? data.students.pageInfo.endCursor : null;
      } while (after !== null);
    };
    void read();
    return () => void (left = true);
  }, [group]);
  return classmates;
}
