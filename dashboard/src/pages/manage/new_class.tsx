/** Create a class. `ifRevision: 0` never changes one that exists. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { ManageUpsertGroupDocument } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { classPath } from "../../parts/paths";
import { faultOf, Field, Refused, Result } from "./field";
import common from "./messages";
import messages from "./roster_messages";
import { useUnsaved } from "./unsaved";
import { useMutationOf, useOnce, type Refusal } from "./use_change";

const FIELDS = ["id", "name"];

export function NewClass(): JSX.Element {
  const say = useMessages(messages);
  const { required } = useMessages(common);
  const upsertGroup = useMutationOf(ManageUpsertGroupDocument);
  const { running, run } = useOnce();
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [created, setCreated] = useState<{ id: string; name: string } | null>(null);
  const [isTried, setTried] = useState(false);
  useUnsaved(id.trim() !== "" || name.trim() !== "");
  const create = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (id.trim() === "" || name.trim() === "") return;
    void run(async () => {
      setFault(null);
      setCreated(null);
      const { result, refusal: refused } = await upsertGroup({ input: { id: id.trim(), name: name.trim(), ifRevision: 0 } });
      if (result !== null && "conflicts" in result) return setFault(say.exists(id.trim()));
      setRefusal(refused);
      if (result === null || !("group" in result)) return;
      setCreated(result.group);
      setId("");
      setName("");
      setTried(false);
    });
  };
  const missing = (text: string) => (isTried && text.trim() === "" ? required : null);
  return (
    <details class="card fold">
      <summary>{say.newTitle}</summary>
      <form onSubmit={create}>
        <Field label={say.newId} hint={say.newIdHint} fault={fault ?? missing(id) ?? faultOf(refusal, "id")}>
          {(control) => <input {...control} class="input" autocomplete="off" value={id} onInput={(event) => setId(event.currentTarget.value)} />}
        </Field>
        <Field label={say.newName} fault={missing(name) ?? faultOf(refusal, "name")}>
          {(control) => <input {...control} class="input" autocomplete="off" value={name} onInput={(event) => setName(event.currentTarget.value)} />}
        </Field>
        <Refused refusal={refusal} besides={FIELDS} />
        <p class="act">
          <button type="submit" class="btn" aria-disabled={running}>
            {say.create}
          </button>
        </p>
      </form>
      <Result>
        {created !== null && (
          <>
            {say.created(created.name)} <Link href={`${classPath(created.id, "manage")}?part=roster`}>{say.open}</Link>
          </>
        )}
      </Result>
    </details>
  );
}
