/** The form of a judgement: about whom and what, what is known, from when, and why. */
import type { JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { ManageJudgeDocument } from "../../generated/documents";
import { levelPercent } from "../../i18n/format";
import { useMessages } from "../../i18n/language";
import shared from "../../parts/messages";
import type { Option } from "./choice";
import messages from "./evidence_messages";
import { faultOf, Field, Refused, Result } from "./field";
import { EMPTY, judgedLevel, judgementOf, KINDS, newId, STATUSES, type Meaning, type Typed } from "./judgement_values";
import common from "./messages";
import { useUnsaved } from "./unsaved";
import { useMutationOf, useOnce, type Refusal } from "./use_change";

interface EvidenceFormProps {
  student: Option | null;
  target: Option | null;
  /** The student of the address does not exist, or may not be seen. */
  isLost: boolean;
  onChange: () => void;
  chooseStudent: (fault: string | null) => JSX.Element;
  chooseTarget: (fault: string | null) => JSX.Element;
  levelNow: JSX.Element | false;
}

const FIELDS = ["level", "at", "note"];

export function EvidenceForm({ student, target, isLost, onChange, chooseStudent, chooseTarget, levelNow }: EvidenceFormProps): JSX.Element {
  const say = useMessages(messages);
  const { sending } = useMessages(common);
  const { status: statuses } = useMessages(shared);
  const title = useId();
  const judge = useMutationOf(ManageJudgeDocument);
  const { running, run } = useOnce();
  const [typed, setTyped] = useState<Typed>(EMPTY);
  const [isTried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [result, setResult] = useState("");
  const id = useRef(newId());
  useUnsaved(typed.meaning !== null || typed.note !== "" || typed.level !== "" || typed.at !== "");
  const set = (change: Partial<Typed>) => {
    setTyped({ ...typed, ...change });
    setRefusal(null);
    setResult("");
  };
  const isExact = typed.meaning === "EXACT";
  const isLevelMissing = isExact && judgedLevel(typed.level) === null;
  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (student === null || target === null || isLost || typed.meaning === null || isLevelMissing) return;
    void run(async () => {
      setResult("");
      const { result: reply, refusal: refused } = await judge({ input: [judgementOf(typed, id.current, student, target)] });
      setRefusal(refused);
      if (reply === null || !("judgements" in reply)) return;
      const [mastery] = reply.masteries ?? [];
      if (mastery !== undefined) setResult(say.recorded(target.name, student.name, levelPercent(mastery.level), statuses[mastery.status]));
      id.current = newId();
      setTyped(EMPTY);
      setTried(false);
      onChange();
    });
  };
  return (
    <section class="card" aria-labelledby={title}>
      <header>
        <h2 id={title}>{say.title}</h2>
      </header>
      <p class="muted small manage-lead">{say.lead}</p>
      <form onSubmit={submit}>
        <div class="controls">
          {chooseStudent((isTried && student === null) || isLost ? say.chooseStudent : null)}
          {chooseTarget(isTried && target === null ? say.chooseTarget : null)}
        </div>
        {levelNow}
        <fieldset class="choices">
          <legend>{say.kind}</legend>
          {KINDS.map((kind) => (
            <label key={kind}>
              <input type="radio" name="kind" checked={typed.kind === kind} onChange={() => set({ kind })} /> {say.kinds[kind]}
            </label>
          ))}
        </fieldset>
        <fieldset class="choices">
          <legend>{say.as}</legend>
          {([...STATUSES, "EXACT"] as const satisfies readonly Meaning[]).map((meaning) => (
            <label key={meaning}>
              <input type="radio" name="meaning" checked={typed.meaning === meaning} onChange={() => set({ meaning })} /> {meaning === "EXACT" ? say.exact : say.statuses[meaning]}
            </label>
          ))}
          {isTried && typed.meaning === null && (
            <p class="fault" role="alert">
              {say.chooseMeaning}
            </p>
          )}
        </fieldset>
        {isExact && (
          <Field
            class="narrow"
            label={say.exactLevel}
            hint={say.exactHint}
            fault={(isLevelMissing && (isTried || typed.level !== "") ? say.notLevel(typed.level) : null) ?? faultOf(refusal, "level")}
          >
            {(control) => (
              <input
                {...control}
                class="input"
                inputMode="decimal"
                value={typed.level}
                onInput={(event) => set({ level: event.currentTarget.value })}
              />
            )}
          </Field>
        )}
        <Field label={say.note} hint={say.noteHint} fault={faultOf(refusal, "note")}>
          {(control) => <input {...control} class="input" value={typed.note} onInput={(event) => set({ note: event.currentTarget.value })} />}
        </Field>
        <Field class="narrow" label={say.at} hint={say.atHint} fault={faultOf(refusal, "at")}>
          {(control) => (
            <input
              {...control}
              class="input"
              type="datetime-local"
              value={typed.at}
              onInput={(event) => set({ at: event.currentTarget.value })}
            />
          )}
        </Field>
        <Refused refusal={refusal} besides={FIELDS} />
        <p class="act">
          <button type="submit" class="btn primary" aria-disabled={running}>
            {running ? sending : say.record}
          </button>
        </p>
      </form>
      <Result>{result}</Result>
    </section>
  );
}
