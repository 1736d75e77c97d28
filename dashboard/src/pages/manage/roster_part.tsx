/** Who is in the class and who teaches it. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useCardQuery } from "../../api/use_query";
import { ManageRosterDocument, type ManageRosterQuery } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { AddStudents } from "./add_students";
import { useLater } from "./choice";
import { ClassForm } from "./class_form";
import type { PartProps } from "./manage_page";
import messages from "./messages";
import { NewClass } from "./new_class";
import { may } from "./permissions";
import roster from "./roster_messages";
import { StudentTable } from "./student_table";
import { Teachers } from "./teachers";
import { useKept } from "./use_kept";

export type RosterGroup = NonNullable<ManageRosterQuery["group"]>;

export function RosterPart({ group, role }: PartProps): JSX.Element {
  const common = useMessages(messages);
  const say = useMessages(roster);
  const [text, setText] = useState("");
  const search = useLater(text.trim());
  const query = useKept(useCardQuery(ManageRosterDocument, { group, search: search || null }));
  const edits = may(role, "roster");
  const readAgain = query.retry;
  return (
    <>
      {!edits && <p class="note only">{may(role, "names") ? common.only.names : common.only.roster}</p>}
      <div class="two">
        <Card title={say.title} query={query} actions={query.data?.group && <span class="muted">{say.count(query.data.group.size)}</span>}>
          {({ students: { nodes, totalCount } }) => (
            <StudentTable group={group} students={nodes} total={totalCount} text={text} onText={setText} edits={edits} onChange={readAgain} />
          )}
        </Card>
        <div class="stack">
          {may(role, "names") && <AddStudents group={group} joins={edits} onChange={readAgain} />}
          <Card title={say.teachers} query={query}>
            {({ group: read }) => read !== null && <Teachers group={read} edits={edits} onChange={readAgain} />}
          </Card>
          {edits && (
            <>
              <Card title={say.classTitle} query={query}>
                {({ group: read }) => read !== null && <ClassForm group={read} onChange={readAgain} />}
              </Card>
              <NewClass />
            </>
          )}
        </div>
      </div>
    </>
  );
}
