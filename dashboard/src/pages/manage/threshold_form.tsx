/** Change the thresholds of a course or skill. What another has saved meanwhile is shown, not overwritten unseen. */
import { useClient } from "@urql/preact";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useCardQuery } from "../../api/use_query";
import { ManageClassLevelsDocument, ManagePutThresholdsDocument, ManageResetThresholdsDocument, type ManageClassLevelsQuery } from "../../generated/documents";
import { useLanguage, useMessages } from "../../i18n/language";
import { Confirm, faultOf, Field, Refused, Result } from "./field";
import common from "./messages";
import { statusesOf, transitions, type ClassLevels, type Scope } from "./status_changes";
import { ThresholdPreview } from "./threshold_preview";
import { NUMBERS, thresholdOf, typedOf, valuesOf, wholeOf, type Comparison, type Typed } from "./threshold_values";
import type { Thresholded } from "./thresholds_part";
import messages from "./thresholds_messages";
import { useUnsaved } from "./unsaved";
import { useMutationOf, useOnce, type Outcome, type Refusal } from "./use_change";

interface ThresholdFormProps {
  group: string;
  scope: Scope;
  stored: Thresholded;
  edits: boolean;
  onChange: () => void;
}

const FIELDS = [...NUMBERS, "weakAttempts", "note"];

export function mapsOf(data: ManageClassLevelsQuery | undefined): readonly ClassLevels[] | null {
  return data?.group ? [data.group.skills, data.group.concepts] : null;
}

export function ThresholdForm({ group, scope, stored, edits, onChange }: ThresholdFormProps): JSX.Element {
  const say = useMessages(messages);
  const { cancel, sending } = useMessages(common);
  const language = useLanguage();
  const client = useClient();
  const put = useMutationOf(ManagePutThresholdsDocument);
  const reset = useMutationOf(ManageResetThresholdsDocument);
  const { running, run } = useOnce();
  const of = scope.kind === "course" ? { courseId: scope.id } : { skillCode: scope.id };
  const variables = { group, skill: scope.kind === "skill" ? scope.id : null, course: scope.kind === "course" ? scope.id : null };
  const levels = useCardQuery(ManageClassLevelsDocument, variables);
  const maps = mapsOf(levels.data);
  const inEffect = typedOf(stored.thresholds);
  const [typed, setTyped] = useState<Typed>(inEffect);
  // What the form began with: what others save meanwhile must not look like input of this user.
  const [base, setBase] = useState<Typed>(inEffect);
  const [note, setNote] = useState("");
  const [revision, setRevision] = useState(stored.thresholdRevision);
  const [conflict, setConflict] = useState<number | null>(null);
  const [asks, setAsks] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [result, setResult] = useState("");
  const isChanged = JSON.stringify(valuesOf(typed)) !== JSON.stringify(valuesOf(base));
  useUnsaved(edits && (isChanged || note !== ""));
  useEffect(() => {
    if (isChanged || conflict !== null) return;
    setRevision(stored.thresholdRevision);
    setTyped(inEffect);
    setBase(inEffect);
  }, [stored.thresholdRevision, JSON.stringify(inEffect)]);

  const values = valuesOf(typed);
  const set = (change: Partial<Typed>) => {
    setTyped({ ...typed, ...change });
    setRefusal(null);
    setResult("");
  };
  const faultIn = (name: keyof Typed): string | Refusal | null => {
    if (name === "weakAttempts" ? wholeOf(typed[name]) === null : thresholdOf(typed[name]) === null) {
      return name === "weakAttempts" ? say.notWhole(typed[name]) : say.notNumber(typed[name]);
    }
    const [top, low] = [thresholdOf(typed.mastered), thresholdOf(typed.focus)];
    if (name === "mastered" && top !== null && low !== null && top <= low) return say.order;
    return faultOf(refusal, name);
  };
  const send = (task: () => Promise<Outcome<object>>, words: (count: number) => string) =>
    run(async () => {
      setAsks(false);
      setResult("");
      const before = maps && statusesOf(maps);
      const { result: reply, refusal: refused } = await task();
      const current = reply !== null && "conflicts" in reply ? (reply.conflicts as { revision: number }[])[0]?.revision : undefined;
      setConflict(current ?? null);
      if (current !== undefined) setRevision(current);
      setRefusal(current === undefined ? refused : null);
      if (refused === null) {
        const { data } = await client.query(ManageClassLevelsDocument, variables, { requestPolicy: "network-only" }).toPromise();
        const after = mapsOf(data);
        const changes = before !== null && after !== null ? transitions(before, statusesOf(after)) : [];
        setNote("");
        setBase(typed);
        if (reply !== null && "thresholdSet" in reply) setRevision((reply.thresholdSet as { version: number } | null)?.version ?? 0);
        setResult(words(changes.reduce((sum, { count }) => sum + count, 0)));
      }
      onChange();
    });
  const takeTheirs = () => {
    setTyped(inEffect);
    setBase(inEffect);
    setConflict(null);
  };
  const save = (event: Event) => {
    event.preventDefault();
    if (values === null) return;
    void send(() => put({ input: { ...of, ...values, note: note.trim(), ifRevision: revision } }), say.saved);
  };
  const source = stored.thresholds.set;
  const owner = source?.skill ?? source?.course ?? null;
  return (
    <form class="thresholds" onSubmit={save}>
      <p class="small">{owner === null ? say.source.default : say.source.own(owner.name)}</p>
      {conflict !== null && (
        <div class="note warn" role="alert">
          {say.conflict(conflict)}{" "}
          <button type="button" class="link" onClick={takeTheirs}>
            {say.take}
          </button>
        </div>
      )}
      <div class="numbers">
        {NUMBERS.map((name) => (
          <Field
            key={name}
            label={say[name]}
            hint={say.now(Number(inEffect[name]).toLocaleString(language))}
            fault={edits ? faultIn(name) : null}
          >
            {(control) => (
              <input
                {...control}
                class="input"
                inputMode="decimal"
                disabled={!edits}
                value={typed[name]}
                onInput={(event) => set({ [name]: event.currentTarget.value })}
              />
            )}
          </Field>
        ))}
        <Field label={say.weakAttempts} hint={say.now(inEffect.weakAttempts)} fault={edits ? faultIn("weakAttempts") : null}>
          {(control) => (
            <input
              {...control}
              class="input"
              inputMode="numeric"
              disabled={!edits}
              value={typed.weakAttempts}
              onInput={(event) => set({ weakAttempts: event.currentTarget.value })}
            />
          )}
        </Field>
      </div>
      <fieldset class="choices" disabled={!edits}>
        <legend>{say.comparison}</legend>
        {(["INCLUSIVE", "STRICT"] as const satisfies readonly Comparison[]).map((each) => (
          <label key={each}>
            <input type="radio" name="comparison" checked={typed.comparison === each} onChange={() => set({ comparison: each })} /> {each === "INCLUSIVE" ? say.inclusive : say.strict}
          </label>
        ))}
      </fieldset>
      {edits && (
        <>
          <ThresholdPreview maps={maps} scope={scope} values={values} isChanged={isChanged} />
          <Field label={say.note} hint={say.noteHint} fault={faultOf(refusal, "note")}>
            {(control) => <input {...control} class="input" value={note} onInput={(event) => setNote(event.currentTarget.value)} />}
          </Field>
          <Refused refusal={refusal} besides={FIELDS} />
          {asks ? (
            <Confirm
              yes={say.yesReset}
              no={cancel}
              onYes={() => send(() => reset({ input: { ...of, note: note.trim(), ifRevision: revision } }), say.wasReset)}
              onNo={() => setAsks(false)}
            >
              {say.resetSure(stored.name)}
            </Confirm>
          ) : (
            <p class="act row">
              <button type="submit" class="btn primary" aria-disabled={running || values === null || !isChanged}>
                {running ? sending : say.save}
              </button>
              {source !== null && owner?.id === scope.id && (
                <button type="button" class="btn" onClick={() => setAsks(true)}>
                  {say.reset}
                </button>
              )}
            </p>
          )}
        </>
      )}
      <Result>{result}</Result>
    </form>
  );
}
