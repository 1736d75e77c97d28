/** The bar above every page: pages of the class, the live state, language and theme. */
import type { ComponentChildren, JSX } from "preact";
import { Link, useLocation } from "wouter-preact";
import { ownStudentId } from "../api/role";
import { currentToken, logOut } from "../api/session";
import { LANGUAGES, LanguageContext, useMessages } from "../i18n/language";
import { useContext } from "preact/hooks";
import { LiveState } from "./live_state";
import messages from "./messages";
import { classPath } from "./paths";

/** The class that a path is about: `/classes/{id}/…`. */
export function classOf(path: string): string | null {
  const match = /^\/classes\/([^/]+)/.exec(path);
  return match?.[1] === undefined ? null : decodeURIComponent(match[1]);
}

export function Shell({ children }: { children: ComponentChildren }): JSX.Element {
  const say = useMessages(messages);
  const [path] = useLocation();
  const group = classOf(path);
  return (
    <>
      <a class="skip" href="#main">
        {say.skip}
      </a>
      <header class="top">
        <div class="wrap">
          <Link class="brand" href="/">
            <Mark />
            {say.brand}
          </Link>
          {group !== null && ownStudentId() === null && <Pages group={group} path={path} />}
          <div class="tools">
            <LiveState />
            <LanguageChoice />
            <ThemeSwitch />
            {currentToken() !== null && (
              <button type="button" class="btn" onClick={logOut}>
                {say.logOut}
              </button>
            )}
          </div>
        </div>
      </header>
      <main id="main" class="wrap page" tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

function Pages({ group, path }: { group: string; path: string }): JSX.Element {
  const say = useMessages(messages);
  const pages = [
    ["", say.classPage],
    ["concepts", say.concepts],
    ["questions", say.questions],
    ["trust", say.trust],
    ["manage", say.manage],
  ] as const;
  return (
    <nav class="nav" aria-label={say.pages}>
      {pages.map(([page, name]) => (
        <Link key={page} href={classPath(group, page)} aria-current={path === classPath(group, page) ? "page" : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}

export function Mark(): JSX.Element {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">
      <circle cx="5" cy="5" r="3" />
      <circle cx="17" cy="11" r="3" fill="currentColor" />
      <circle cx="5" cy="17" r="3" />
      <path d="M8 6l6 3.4M8 16l6-3.4" />
    </svg>
  );
}

export function LanguageChoice(): JSX.Element {
  const say = useMessages(messages);
  const { language, choose } = useContext(LanguageContext);
  return (
    <div class="seg" role="group" aria-label={say.language}>
      {LANGUAGES.map((one) => (
        <button key={one} type="button" lang={one} aria-pressed={one === language} onClick={() => choose(one)}>
          {one.toUpperCase()}
        </button>
      ))}
    </div>
  );
}

export function ThemeSwitch(): JSX.Element {
  const say = useMessages(messages);
  const flip = () => {
    const { dataset } = document.documentElement;
    const dark = dataset.theme ? dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    dataset.theme = dark ? "light" : "dark";
    try {
      localStorage.setItem("theme", dataset.theme);
    } catch {
      // storage is off: until the page is left
    }
  };
  return (
    <button type="button" class="btn sq" aria-label={say.theme} onClick={flip}>
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="1.6" />
        <path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
      </svg>
    </button>
  );
}
