import { Provider } from "@urql/preact";
import { render, type JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { createGraphQLClient } from "./api/client";
import { useLoginEnd } from "./api/login_end";
import { CALLBACK } from "./api/login_store";
import { currentToken, logOut, onToken } from "./api/session";
import { readSettings, type Settings } from "./api/settings";
import { bearerOf } from "./api/token_claims";
import { App } from "./app";
import { firstLanguage, LanguageContext, type Language } from "./i18n/language";
import { LoginEndNote } from "./pages/login/login_end_note";
import { LoginPage } from "./pages/login/login_page";
import "./styles/index.css";

function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function Root({ settings }: { settings: Settings }): JSX.Element {
  const [language, setLanguage] = useState<Language>(firstLanguage(stored("language"), navigator.languages));
  const [token, setToken] = useState(currentToken());
  useEffect(() => onToken(setToken), []);
  useEffect(() => void (document.documentElement.lang = language), [language]);
  // Another login must not see what the one before has cached.
  const client = useMemo(createGraphQLClient, [token && bearerOf(token)]);
  const end = useLoginEnd(settings.openIdConnect, token);
  const choose = (next: Language) => {
    setLanguage(next);
    try {
      localStorage.setItem("language", next);
    } catch {
      // storage is off: until the page is left
    }
  };
  const comesBack = settings.openIdConnect !== null && window.location.pathname === CALLBACK;
  const loggedIn = settings.authentication === "none" || (token !== null && !comesBack);
  return (
    <LanguageContext.Provider value={{ language, choose }}>
      <Provider value={client}>
        {loggedIn && end !== null && <LoginEndNote end={end} />}
        {loggedIn ? <App /> : <LoginPage settings={settings} />}
      </Provider>
    </LanguageContext.Provider>
  );
}

const root = document.getElementById("app")!;
readSettings().then(
  (settings) => {
    if (settings.authentication === "none" && currentToken() !== null) logOut(); // of an earlier service at this address
    render(<Root settings={settings} />, root);
  },
  () => {
    root.textContent = "No reply from the service. Load this page again.";
  },
);
