/** A file that cannot be checked within the time of one request can still be recorded, because runs have no such limit. */
import type { JSX } from "preact";
import { useMessages } from "../../i18n/language";
import common from "./messages";
import messages from "./upload_messages";
import type { Refusal } from "./use_change";

/** Whether a dry run was refused because the file takes too long to read. */
export function isTooSlow(refusal: Refusal | null): boolean {
  return refusal !== null && refusal.field === "file" && refusal.rule.includes("by a dry run");
}

interface UncheckedProps {
  skipBad: boolean;
  onSkipBad: (skipBad: boolean) => void;
  sending: boolean;
  onImport: () => void;
}

export function Unchecked({ skipBad, onSkipBad, sending, onImport }: UncheckedProps): JSX.Element {
  const say = useMessages(messages);
  const { sending: sends } = useMessages(common);
  return (
    <section class="card report">
      <p class="note warn">{say.tooSlow}</p>
      <label class="check">
        <input type="checkbox" checked={skipBad} onChange={(event) => onSkipBad(event.currentTarget.checked)} /> {say.skipBad}
      </label>
      <button type="button" class="btn" aria-disabled={sending} onClick={onImport}>
        {sending ? sends : say.unchecked}
      </button>
    </section>
  );
}
