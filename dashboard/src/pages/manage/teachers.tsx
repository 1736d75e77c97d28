/** Who teaches the class: by the id in their login, because the service knows no names of teachers. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ManageAddTeachersDocument, ManageRemoveTeachersDocument } from "../../generated/documents";
import { formatList } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { Confirm, faultOf, Field, Refused, Result } from "./field";
import common from "./messages";
import messages from "./roster_messages";
import type { RosterGroup } from "./roster_part";
import { useUnsaved } from "./unsaved";
import { useMutationOf, useOnce, type Refusal } from "./use_change";

const FIELDS = ["teacherIds"];

export function Teachers({ group, edits, onChange }: { group: RosterGroup; edits: boolean; onChange: () => void }): JSX.Element {
  const say = useMessages(messages);
  const { cancel } = useMessages(common);
  const language = useLanguage();
  const addTeachers = useMutationOf(ManageAddTeachersDocument);
  const removeTeachers = useMutationOf(ManageRemoveTeachersDocument);
  const { running, run } = useOnce();
  const [text, setText] = useState("");
  const [leaving, setLeaving] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [result, setResult] = useState("");
  useUnsaved(text.trim() !== "");
  const change = (send: typeof addTeachers | typeof removeTeachers, ids: string[], words: (ids: string) => string) =>
    run(async () => {
      setResult("");
      setLeaving(null);
      const { result: reply, refusal: refused } = await send({ group: group.id, ids });
      setRefusal(refused);
      if (reply === null || !("changedIds" in reply)) return;
      const listed = (all: readonly string[]) => formatList(all, language);
      setResult([reply.changedIds.length > 0 && words(listed(reply.changedIds)), reply.unchangedIds.length > 0 && say.unchanged(listed(reply.unchangedIds))].filter(Boolean).join(" "));
      if (send === addTeachers) setText("");
      onChange();
    });
  const add = (event: Event) => {
    event.preventDefault();
    const ids = text.split(/[,;\s]+/).filter(Boolean);
    if (ids.length > 0) void change(addTeachers, ids, say.teachersAdded);
  };
  return (
    <>
      {group.teacherIds.length === 0 && <p class="muted">{say.noTeachers}</p>}
      <ul class="people">
        {group.teacherIds.map((id) => (
          <li key={id} class="person named">
            {id}
            {edits && (
              <button type="button" class="remove" aria-label={say.removeTeacher(id)} onClick={() => setLeaving(id)}>
                ×
              </button>
            )}
          </li>
        ))}
      </ul>
      {leaving !== null && (
        <Confirm yes={say.yesRemove} no={cancel} onYes={() => change(removeTeachers, [leaving], say.teachersRemoved)} onNo={() => setLeaving(null)}>
          {say.removeTeacherSure(leaving)}
        </Confirm>
      )}
      {edits && (
        <form class="inline" onSubmit={add}>
          <Field label={say.teacherId} hint={say.teacherHint} fault={faultOf(refusal, ...FIELDS)}>
            {(control) => (
              <input
                {...control}
                class="input"
                autocomplete="off"
                value={text}
                onInput={(event) => setText(event.currentTarget.value)}
              />
            )}
          </Field>
          <button type="submit" class="btn" aria-disabled={running || text.trim() === ""}>
            {say.addTeacher}
          </button>
        </form>
      )}
      <Refused refusal={refusal} besides={FIELDS} />
      <Result>{result}</Result>
    </>
  );
}
