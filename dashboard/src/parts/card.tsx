/** A card of a page. It owns its loading, empty and error states: a fault in one card stays in that card. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import type { Loaded } from "../api/use_query";
import { formatTime } from "../i18n/format";
import { useLanguage, useMessages } from "../i18n/language";
import messages from "./messages";

interface CardProps<Data> {
  title: string;
  /** What is right of the title. */
  actions?: ComponentChildren;
  class?: string;
  query: Loaded<Data>;
  children: (data: Data) => ComponentChildren;
}

export function Card<Data>({ title, actions, class: extra = "", query, children }: CardProps<Data>): JSX.Element {
  const id = useId();
  return (
    <section class={`card ${extra}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {actions}
      </header>
      <States query={query} what={title}>
        {children}
      </States>
    </section>
  );
}

interface StatesProps<Data> {
  query: Loaded<Data>;
  /** What is loaded, for screen readers. */
  what: string;
  children: (data: Data) => ComponentChildren;
}

/** The data, dated if they are old; while there are none, shapes or what failed. */
export function States<Data>({ query, what, children }: StatesProps<Data>): JSX.Element {
  return (
    <>
      {query.error !== undefined && <Fault query={query} />}
      {query.data !== undefined && query.data !== null ? children(query.data) : query.loading && <Shapes what={what} />}
    </>
  );
}

function Fault<Data>({ query: { error, asOf, data, retry } }: { query: Loaded<Data> }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const first = error?.graphQLErrors[0];
  const code = String(first?.extensions?.code ?? error?.networkError?.message ?? "");
  const summary = error?.networkError !== undefined ? say.silent : code === "FORBIDDEN" ? say.notAllowed : say.failed;
  return (
    <div class="note bad" role="alert">
      <p>
        <strong>{summary}</strong> {data !== undefined && asOf !== undefined && say.asOf(formatTime(asOf, language))}{" "}
        <button type="button" class="link" onClick={retry}>
          {say.retry}
        </button>
      </p>
      <details>
        <summary>{say.administrator}</summary>
        <p class="tiny muted">
          {code} {first?.path?.join(".")} {first?.message}
        </p>
      </details>
    </div>
  );
}

const BEFORE_SHAPES = 300;

function Shapes({ what }: { what: string }): JSX.Element {
  const say = useMessages(messages);
  const [shown, show] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => show(true), BEFORE_SHAPES);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-busy="true" aria-label={say.loading(what)} class="shapes">
      {shown && [40, 75, 90, 60].map((width) => <div key={width} class="sk" style={{ width: `${width}%` }} />)}
    </div>
  );
}
