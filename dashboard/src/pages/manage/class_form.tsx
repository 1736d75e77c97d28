/** The name of the class, and its archive. A name that was changed meanwhile is not overwritten unseen. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { ManageArchiveGroupDocument, ManageRestoreGroupDocument, ManageUpsertGroupDocument } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { Confirm, faultOf, Field, Refused, Result } from "./field";
import common from "./messages";
import messages from "./roster_messages";
import type { RosterGroup } from "./roster_part";
import { useUnsaved } from "./unsaved";
import { useMutationOf, useOnce, type Refusal } from "./use_change";

const FIELDS = ["name"];

export function ClassForm({ group, onChange }: { group: RosterGroup; onChange: () => void }): JSX.Element {
  const say = useMessages(messages);
  const { cancel } = useMessages(common);
  const upsertGroup = useMutationOf(ManageUpsertGroupDocument);
  const archive = useMutationOf(ManageArchiveGroupDocument);
  const restore = useMutationOf(ManageRestoreGroupDocument);
  const { running, run } = useOnce();
  const [name, setName] = useState(group.name);
  // The revision that the form began with: that of a later reading would hide what others changed.
  const [revision, setRevision] = useState(group.revision);
  const [asks, setAsks] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [conflict, setConflict] = useState<number | null>(null);
  const [result, setResult] = useState("");
  const isChanged = name.trim() !== group.name;
  useUnsaved(isChanged);
  useEffect(() => {
    if (!isChanged && conflict === null) setRevision(group.revision);
  }, [group.revision, isChanged]);
  const save = (event: Event) => {
    event.preventDefault();
    void run(async () => {
      setResult("");
      if (!isChanged) return setResult(say.sameName);
      const { result: reply, refusal: refused } = await upsertGroup({ input: { id: group.id, name: name.trim(), ifRevision: revision } });
      const current = reply !== null && "conflicts" in reply ? (reply.conflicts[0]?.revision ?? null) : null;
      setConflict(current);
      setRefusal(current === null ? refused : null);
      if (current !== null) setRevision(current);
      if (reply !== null && "group" in reply) {
        setRevision(reply.group.revision);
        setName(reply.group.name);
        setResult(say.renamedClass(reply.group.name));
      }
      onChange();
    });
  };
  const move = (send: typeof archive | typeof restore, words: string) =>
    run(async () => {
      setAsks(false);
      setResult("");
      const { result: reply, refusal: refused } = await send({ ids: [group.id] });
      setRefusal(refused);
      if (reply !== null && "groups" in reply) {
        setResult(words);
        setRevision(reply.groups[0]?.revision ?? revision);
      }
      onChange();
    });
  return (
    <>
      <form class="inline" onSubmit={save}>
        {conflict !== null && <div class="note warn wide">{say.conflict(conflict)}</div>}
        <Field label={say.className} hint={conflict === null ? undefined : say.nameNow(group.name)} fault={faultOf(refusal, ...FIELDS)}>
          {(control) => <input {...control} class="input" value={name} onInput={(event) => setName(event.currentTarget.value)} />}
        </Field>
        <button type="submit" class="btn" aria-disabled={running}>
          {say.rename}
        </button>
      </form>
      {group.archivedAt !== null ? (
        <p class="act">
          <button type="button" class="btn" aria-disabled={running} onClick={() => move(restore, say.restoredNow)}>
            {say.restore}
          </button>
        </p>
      ) : asks ? (
        <Confirm yes={say.yesArchive} no={cancel} onYes={() => move(archive, say.archivedNow)} onNo={() => setAsks(false)}>
          {say.archiveSure}
        </Confirm>
      ) : (
        <p class="act">
          <button type="button" class="btn" onClick={() => setAsks(true)}>
            {say.archive}
          </button>
        </p>
      )}
      <Refused refusal={refusal} besides={FIELDS} />
      <Result>{result}</Result>
    </>
  );
}
