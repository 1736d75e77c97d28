/** Login by a pasted token. It is used once the service has accepted it. */
import type { JSX } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { checkToken } from "../../api/check_token";
import { setToken } from "../../api/session";
import { useMessages } from "../../i18n/language";
import messages from "./messages";

export function TokenForm(): JSX.Element {
  const say = useMessages(messages);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [checking, setChecking] = useState(false);
  const [fault, setFault] = useState<{ summary: string; detail: string | null } | null>(null);

  const refuse = (summary: string, detail: string | null = null) => {
    setFault({ summary, detail });
    input.current?.focus();
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    // People copy tokens with the word before them.
    const token = (input.current?.value ?? "").trim().replace(/^bearer\s+/i, "");
    if (token === "") return refuse(say.missing);
    setChecking(true);
    const checked = await checkToken(token);
    setChecking(false);
    if (checked.accepted) setToken(token);
    else if (checked.reason === null) refuse(say.silent);
    else refuse(say.refused, checked.reason);
  };
  return (
    <form onSubmit={submit} noValidate>
      <label for={id}>{say.token}</label>
      <input
        ref={input}
        id={id}
        type="password"
        autocomplete="off"
        spellcheck={false}
        aria-invalid={fault !== null}
        aria-describedby={`${id}-hint ${id}-fault`}
      />
      <p id={`${id}-hint`} class="tiny muted">
        {say.tokenHint}
      </p>
      <div id={`${id}-fault`} role="alert">
        {fault !== null && (
          <div class="note bad">
            <p>{fault.summary}</p>
            {fault.detail !== null && <p class="tiny muted">{fault.detail}</p>}
          </div>
        )}
      </div>
      <button type="submit" class="btn primary" disabled={checking}>
        {checking ? say.checking : say.submit}
      </button>
    </form>
  );
}
