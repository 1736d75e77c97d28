/** The students of the class, with a search, and those that are chosen to be removed. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { ManageRemoveMembersDocument } from "../../generated/documents";
import { formatList } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { studentPath } from "../../parts/paths";
import { Confirm, Field, Refused, Result } from "./field";
import common from "./messages";
import messages from "./roster_messages";
import { useMutationOf, useOnce, type Refusal } from "./use_change";

interface Student {
  id: string;
  name: string;
}

interface StudentTableProps {
  group: string;
  students: readonly Student[];
  total: number;
  text: string;
  onText: (text: string) => void;
  edits: boolean;
  onChange: () => void;
}

export function StudentTable({ group, students, total, text, onText, edits, onChange }: StudentTableProps): JSX.Element {
  const say = useMessages(messages);
  const { cancel } = useMessages(common);
  const language = useLanguage();
  const removeMembers = useMutationOf(ManageRemoveMembersDocument);
  const { running, run } = useOnce();
  const [chosen, setChosen] = useState<ReadonlyMap<string, string>>(new Map());
  const [asks, setAsks] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [result, setResult] = useState("");
  const toggle = ({ id, name }: Student) => {
    const next = new Map(chosen);
    if (!next.delete(id)) next.set(id, name);
    setChosen(next);
    setAsks(false);
  };
  const remove = () =>
    run(async () => {
      setAsks(false);
      setResult("");
      const outcome = await removeMembers({ group, ids: [...chosen.keys()] });
      setRefusal(outcome.refusal);
      if (outcome.result === null || !("changedIds" in outcome.result)) return;
      const named = (ids: readonly string[]) => formatList(ids.map((id) => chosen.get(id) ?? id), language);
      const { changedIds, unchangedIds } = outcome.result;
      setResult([changedIds.length > 0 && say.removed(named(changedIds)), unchangedIds.length > 0 && say.unchanged(named(unchangedIds))].filter(Boolean).join(" "));
      setChosen(new Map());
      onChange();
    });
  return (
    <>
      {(total > 0 || text !== "") && (
        <Field label={say.search} class="search">
          {(control) => <input {...control} class="input" type="search" value={text} onInput={(event) => onText(event.currentTarget.value)} />}
        </Field>
      )}
      <div class="pickbar">
        {chosen.size > 0 && !asks && (
          <button type="button" class="btn" aria-disabled={running} onClick={() => setAsks(true)}>
            {say.remove(chosen.size)}
          </button>
        )}
        {asks && (
          <Confirm yes={say.yesRemove} no={cancel} onYes={remove} onNo={() => setAsks(false)}>
            {say.removeSure(formatList([...chosen.values()], language))}
          </Confirm>
        )}
        <Refused refusal={refusal} />
        <Result>{result}</Result>
      </div>
      {total === 0 ? (
        <p class="muted">
          {text === "" ? say.none : say.noneFound(text)}{" "}
          {text !== "" && (
            <button type="button" class="link" onClick={() => onText("")}>
              {say.clear}
            </button>
          )}
        </p>
      ) : (
        <table class="table roster">
          <caption class="sr">{say.title}</caption>
          <thead>
            <tr>
              {edits && (
                <th scope="col" class="pick">
                  <span class="sr">{say.choose}</span>
                </th>
              )}
              <th scope="col">{say.name}</th>
              <th scope="col">{say.id}</th>
            </tr>
          </thead>
          <tbody>
            {students.map((student) => (
              <tr key={student.id}>
                {edits && (
                  <td class="pick">
                    <input type="checkbox" aria-label={say.select(student.name)} checked={chosen.has(student.id)} onChange={() => toggle(student)} />
                  </td>
                )}
                <th scope="row">
                  <Link class="quiet" href={studentPath(group, student.id)}>
                    {student.name}
                  </Link>
                </th>
                <td class="muted">{student.id}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {total > students.length && <p class="small muted more">{say.more(students.length, total)}</p>}
    </>
  );
}
