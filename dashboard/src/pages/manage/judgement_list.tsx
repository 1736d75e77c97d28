/** The judgements on a student, the latest first, with their notes; each can be revoked with a reason. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ManageRevokeDocument, type ManageEvidenceQuery } from "../../generated/documents";
import { formatMoment, levelPercent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import shared from "../../parts/messages";
import messages from "./evidence_messages";
import { faultOf, Field, Refused, Result } from "./field";
import common from "./messages";
import { percentWords } from "./percent_words";
import { useUnsaved } from "./unsaved";
import { useMutationOf, useOnce, type Refusal } from "./use_change";

type Student = NonNullable<ManageEvidenceQuery["student"]>;
type Judgement = Student["judgements"]["nodes"][number];

const FIELDS = ["note"];

export function JudgementList({ student, onChange }: { student: Student; onChange: () => void }): JSX.Element {
  const say = useMessages(messages);
  const { status } = useMessages(shared);
  const revoke = useMutationOf(ManageRevokeDocument);
  const { running, run } = useOnce();
  const [chosen, setChosen] = useState<Judgement | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [result, setResult] = useState("");
  const { nodes, totalCount } = student.judgements;
  const send = (judgement: Judgement, note: string) =>
    run(async () => {
      setResult("");
      const { result: reply, refusal: refused } = await revoke({ input: [{ studentId: student.id, judgementId: judgement.id, note }] });
      setRefusal(refused);
      if (reply === null || !("judgements" in reply)) return;
      const target = judgement.target?.name ?? "";
      const [mastery] = reply.masteries ?? [];
      const isEmpty = mastery === undefined || mastery.status === "NOT_STARTED";
      setResult(isEmpty ? say.wasRevokedEmpty(target) : say.wasRevoked(target, levelPercent(mastery.level), status[mastery.status]));
      setChosen(null);
      onChange();
    });
  return (
    <>
      <Result>{result}</Result>
      {nodes.length === 0 && <p class="muted">{say.listNone(student.name)}</p>}
      <ul class="list judgements">
        {nodes.map((judgement) => (
          <li key={judgement.id}>
            <Row judgement={judgement} />
            {judgement.revocation === null &&
              (chosen?.id === judgement.id ? (
                <RevokeForm judgement={judgement} running={running} refusal={refusal} onSend={(note) => send(judgement, note)} onCancel={() => setChosen(null)} />
              ) : (
                <button type="button" class="btn" aria-label={say.revokeOf(judgement.target?.name ?? "")} onClick={() => setChosen(judgement)}>
                  {say.revoke}
                </button>
              ))}
          </li>
        ))}
      </ul>
      {totalCount > nodes.length && <p class="small muted">{say.listMore(nodes.length, totalCount)}</p>}
      <Refused refusal={refusal} besides={FIELDS} />
    </>
  );
}

function Row({ judgement: { target, kind, level, at, author, note, revocation } }: { judgement: Judgement }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  return (
    <div class={revocation === null ? "" : "gone"}>
      <p>
        <strong>{target?.name}</strong> {percentWords(levelPercent(level) / 100, language)}{" "}
        {revocation === null ? <span class="badge ok">✓ {say.counts}</span> : <span class="badge">{say.revoked(formatMoment(revocation.recordedAt, language))}</span>}
      </p>
      <p class="small muted">
        {[say.kindShort[kind], `${say.when} ${formatMoment(at, language)}`, ...(author === null ? [] : [`${say.by} ${author}`])].join(" · ")}
      </p>
      {note !== "" && <p class="small">{say.quote(note)}</p>}
      {revocation !== null && revocation.note !== "" && <p class="small muted">{say.quote(revocation.note)}</p>}
    </div>
  );
}

interface RevokeFormProps {
  judgement: Judgement;
  running: boolean;
  refusal: Refusal | null;
  onSend: (note: string) => void;
  onCancel: () => void;
}

function RevokeForm({ judgement, running, refusal, onSend, onCancel }: RevokeFormProps): JSX.Element {
  const say = useMessages(messages);
  const { cancel } = useMessages(common);
  const [note, setNote] = useState("");
  useUnsaved(note !== "");
  const submit = (event: Event) => {
    event.preventDefault();
    onSend(note.trim());
  };
  return (
    <form class="note warn confirm-step" onSubmit={submit} onKeyDown={(event) => event.key === "Escape" && onCancel()}>
      <p>{say.revokeTitle(judgement.target?.name ?? "")}</p>
      <Field label={say.reason} fault={faultOf(refusal, ...FIELDS)}>
        {(control) => <input {...control} class="input" value={note} ref={focusOnce} onInput={(event) => setNote(event.currentTarget.value)} />}
      </Field>
      <p class="row">
        <button type="submit" class="btn" aria-disabled={running}>
          {say.yesRevoke}
        </button>
        <button type="button" class="btn" onClick={onCancel}>
          {cancel}
        </button>
      </p>
    </form>
  );
}

/** Focus a control when it appears. */
function focusOnce(control: HTMLInputElement | null): void {
  control?.focus();
}
