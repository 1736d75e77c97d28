/** Login: by the account of an issuer where one is configured, or by a token. The address of the page stays as it is. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { CALLBACK, pendingLogin } from "../../api/login_store";
import { currentToken, isOver, setToken } from "../../api/session";
import type { OpenIdConnect, Settings } from "../../api/settings";
import { useMessages } from "../../i18n/language";
import { LanguageChoice, Mark, ThemeSwitch } from "../../parts/shell";
import partMessages from "../../parts/messages";
import messages from "./messages";
import { TokenForm } from "./token_form";

export function LoginPage({ settings }: { settings: Settings }): JSX.Element {
  const say = useMessages(messages);
  const { brand } = useMessages(partMessages);
  useEffect(() => void (document.title = `${say.title} · ${brand}`), [say, brand]);
  const { openIdConnect } = settings;
  return (
    <>
      <header class="top">
        <div class="wrap">
          <span class="brand">
            <Mark />
            {brand}
          </span>
          <div class="tools">
            <LanguageChoice />
            <ThemeSwitch />
          </div>
        </div>
      </header>
      <main class="wrap page login">
        <section class="card">
          <h1>{say.title}</h1>
          {isOver() ? <p role="status">{say.over}</p> : <p class="muted">{say.why}</p>}
          {openIdConnect === null ? (
            <TokenForm />
          ) : (
            <>
              <ProviderLogin login={openIdConnect} />
              <details>
                <summary>{say.withToken}</summary>
                <TokenForm />
              </details>
            </>
          )}
        </section>
      </main>
    </>
  );
}

/** What an issuer or the library says: issuers name an `error` and may describe it. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { error: code, error_description: description } = error as { error?: unknown; error_description?: unknown };
  return [code, description].filter((part) => typeof part === "string").join(": ") || error.message;
}

type State = { step: "ready" | "going" | "finishing" } | { step: "failed"; summary: string; detail: string };

function ProviderLogin({ login }: { login: OpenIdConnect }): JSX.Element {
  const say = useMessages(messages);
  const comesBack = window.location.pathname === CALLBACK;
  const [state, become] = useState<State>({ step: comesBack ? "finishing" : "ready" });
  const fail = (summary: string) => (error: unknown) => become({ step: "failed", summary, detail: describe(error) });

  useEffect(() => {
    if (!comesBack) return;
    const address = new URL(window.location.href);
    const returnTo = pendingLogin()?.returnTo ?? import.meta.env.BASE_URL;
    // Also where it fails: code and state are used, and a reload must not send them again.
    window.history.replaceState(null, "", returnTo);
    import("../../api/openid").then(({ finishLogin, NoLoginPending }) =>
      finishLogin(login, address).then(setToken, (error: unknown) => {
        const isStale = error instanceof NoLoginPending;
        if (isStale && currentToken() !== null) window.location.replace(returnTo); // logged in already: an old address
        else fail(isStale ? say.notPending : say.failed)(error);
      }),
    ).catch(fail(say.failed));
  }, []);

  const begin = () => {
    become({ step: "going" });
    const { pathname, search, hash } = window.location;
    import("../../api/openid").then(({ beginLogin }) => beginLogin(login, `${pathname}${search}${hash}`)).catch(fail(say.unreachable));
  };
  const busy = state.step === "going" || state.step === "finishing";
  return (
    <>
      {state.step === "failed" && (
        <div class="note bad" role="alert">
          <p>{state.summary}</p>
          <p class="tiny muted">{state.detail}</p>
        </div>
      )}
      <button type="button" class="btn primary" disabled={busy} onClick={begin}>
        {say.provider}
      </button>
      <p role="status" class="tiny muted">
        {state.step === "going" ? say.going : state.step === "finishing" ? say.finishing : ""}
      </p>
    </>
  );
}
