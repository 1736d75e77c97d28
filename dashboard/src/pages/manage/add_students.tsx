/** Register students from pasted lines, rename those that have other names, and put them into the class. */
import { useClient } from "@urql/preact";
import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { ManageAddMembersDocument, ManageKnownStudentsDocument, ManageUpsertStudentsDocument } from "../../generated/documents";
import { formatList } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { faultOf, Field, Refused, Result } from "./field";
import common from "./messages";
import { parseLines, type PastedStudent } from "./paste_lines";
import messages from "./roster_messages";
import { useUnsaved } from "./unsaved";
import { refusalOf, useMutationOf, useOnce, type Refusal } from "./use_change";

/** A sentence names this many. */
const MOST_NAMED = 8;
const FIELDS = ["id", "name", "studentIds", "input"];

/** The stored names of pasted students. Refusal: they could not be read. */
type Known = { names: Map<string, string> } | { refusal: Refusal };

export function AddStudents({ group, joins, onChange }: { group: string; joins: boolean; onChange: () => void }): JSX.Element {
  const say = useMessages(messages);
  const { sending } = useMessages(common);
  const language = useLanguage();
  const title = useId();
  const client = useClient();
  const upsertStudents = useMutationOf(ManageUpsertStudentsDocument);
  const addMembers = useMutationOf(ManageAddMembersDocument);
  const { running, run } = useOnce();
  const [text, setText] = useState("");
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [result, setResult] = useState<string[]>([]);
  const { students, faults } = parseLines(text);
  useUnsaved(text.trim() !== "");

  const readKnown = async (): Promise<Known> => {
    const ids = students.map(({ id }) => id);
    const { data, error } = await client.query(ManageKnownStudentsDocument, { ids }, { requestPolicy: "network-only" }).toPromise();
    if (!data) return { refusal: refusalOf(error) };
    return { names: new Map(data.students.nodes.map(({ id, name }) => [id, name])) };
  };
  const named = (names: readonly string[]) => {
    const rest = names.length - MOST_NAMED;
    return formatList(rest > 1 ? [...names.slice(0, MOST_NAMED), say.others(rest)] : names, language);
  };
  const sentence = (words: (names: string) => string, names: readonly string[]) => (names.length === 0 ? [] : [words(named(names))]);

  const send = async () => {
    const known = await readKnown();
    if ("refusal" in known) return setRefusal(known.refusal);
    const fresh = students.filter(({ id }) => !known.names.has(id));
    const renamed = students.filter(({ id, name }) => name !== null && known.names.has(id) && known.names.get(id) !== name);
    const names = new Map([...known.names, ...students.flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const]))]);
    const nameOf = ({ id }: PastedStudent) => names.get(id) ?? id;
    const said = [...sentence(say.registered, fresh.map(nameOf)), ...sentence(say.renamed, renamed.map(nameOf))];
    if (fresh.length + renamed.length > 0) {
      const input = [...fresh, ...renamed].map(({ id, name }) => ({ id, name }));
      const { refusal: refused } = await upsertStudents({ input });
      if (refused !== null) return setRefusal(refused);
      setResult(said);
    }
    if (joins) {
      const { result: reply, refusal: refused } = await addMembers({ group, ids: students.map(({ id }) => id) });
      if (refused !== null) return setRefusal(refused);
      if (reply !== null && "changedIds" in reply) {
        const of = (ids: readonly string[]) => ids.map((id) => names.get(id) ?? id);
        said.push(...sentence(say.added, of(reply.changedIds)), ...sentence(say.present, of(reply.unchangedIds)));
      }
    }
    setResult(said.length > 0 ? said : [say.same]);
    setText("");
    onChange();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (students.length === 0 || faults.length > 0) return;
    void run(async () => {
      setRefusal(null);
      setResult([]);
      await send();
    });
  };
  return (
    <section class="card" aria-labelledby={title}>
      <header>
        <h2 id={title}>{joins ? say.addTitle : say.registerTitle}</h2>
      </header>
      <form onSubmit={submit}>
        <Field label={say.lines} hint={say.linesHint} fault={faultOf(refusal, ...FIELDS)}>
          {(control) => (
            <textarea
              {...control}
              class="input"
              rows={5}
              spellcheck={false}
              placeholder={say.example}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        {faults.length > 0 && (
          <ul class="fault" role="alert">
            {faults.slice(0, MOST_NAMED).map(({ line, kind, text: row }) => (
              <li key={line}>
                {say.line(line, row.slice(0, 40))} {say.faults[kind]}.
              </li>
            ))}
          </ul>
        )}
        <Refused refusal={refusal} besides={FIELDS} />
        <p class="act">
          <button type="submit" class="btn primary" aria-disabled={running || students.length === 0 || faults.length > 0}>
            {running ? sending : joins ? say.add(students.length) : say.register(students.length)}
          </button>
        </p>
      </form>
      <Result>{result.join(" ")}</Result>
    </section>
  );
}
