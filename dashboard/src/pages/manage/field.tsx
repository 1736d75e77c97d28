/** A field of a form with its label, a hint, and what the service refused of it. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { useMessages } from "../../i18n/language";
import messages from "./messages";
import type { Refusal } from "./use_change";

/** Attributes that tie a control to its label, hint and fault. */
export interface Control {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

interface FieldProps {
  label: string;
  hint?: string | undefined;
  fault?: Refusal | string | null | undefined;
  class?: string;
  children: (control: Control) => ComponentChildren;
}

export function Field({ label, hint, fault, class: extra = "", children }: FieldProps): JSX.Element {
  const id = useId();
  const isRefused = fault !== null && fault !== undefined;
  const described = [hint !== undefined && `${id}-hint`, isRefused && `${id}-fault`].filter(Boolean).join(" ");
  return (
    <div class={`field ${extra}`}>
      <label for={id}>{label}</label>
      {children({ id, "aria-describedby": described || undefined, "aria-invalid": isRefused || undefined })}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {isRefused && (
        <p class="fault" id={`${id}-fault`} role="alert">
          {typeof fault === "string" ? fault : <Words refusal={fault} />}
        </p>
      )}
    </div>
  );
}

function Words({ refusal: { code, message, value } }: { refusal: Refusal }): JSX.Element {
  const say = useMessages(messages);
  const words = say.refusals[code] ?? message;
  return (
    <>
      {words} {value !== "" && !words.includes(value) && <span class="value">{say.sent(value)}</span>}
    </>
  );
}

/** Whether a refusal names one of these fields. Paths such as `input[0].level` name their last part. */
export function names(refusal: Refusal | null, fields: readonly string[]): boolean {
  if (refusal === null) return false;
  return refusal.field.split(/, | and /).some((path) => fields.includes(path.split(".").at(-1)!.replace(/\[\d+\]$/, "")));
}

/** The refusal, if it is about one of these fields; to be shown beside it. */
export function faultOf(refusal: Refusal | null, ...fields: string[]): Refusal | null {
  return names(refusal, fields) ? refusal : null;
}

/** A refusal that is about none of the form's fields. */
export function Refused({ refusal, besides = [] }: { refusal: Refusal | null; besides?: readonly string[] }): JSX.Element | null {
  const say = useMessages(messages);
  if (refusal === null || names(refusal, besides)) return null;
  const isSilent = refusal.code === "NO_REPLY";
  return (
    <div class="note bad" role="alert">
      <strong>{isSilent ? say.noReply : say.notSaved}</strong> <Words refusal={refusal} />
    </div>
  );
}

/** What a change did, in a sentence that a screen reader reads when it appears. */
export function Result({ children }: { children: ComponentChildren }): JSX.Element {
  return (
    <div class="result" role="status">
      {children !== null && children !== undefined && children !== false && children !== "" && (
        <p>
          <span class="ok" aria-hidden="true">
            ✓
          </span>{" "}
          {children}
        </p>
      )}
    </div>
  );
}

/** A question before something that is not undone by one click. Its first button has the focus. */
export function Confirm({ children, yes, no, onYes, onNo }: { children: ComponentChildren; yes: string; no: string; onYes: () => void; onNo: () => void }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector("button")?.focus(), []);
  return (
    <div ref={box} class="note warn confirm-step" role="group" onKeyDown={(event) => event.key === "Escape" && onNo()}>
      <p>{children}</p>
      <p class="row">
        <button type="button" class="btn" onClick={onYes}>
          {yes}
        </button>
        <button type="button" class="btn" onClick={onNo}>
          {no}
        </button>
      </p>
    </div>
  );
}
