/** The one thing to work on: the first cause and what waits for it; else what that means. */
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { Link } from "wouter-preact";
import { formatList, levelPercent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { classPath } from "../../parts/paths";
import { attemptsOf, progressOf, type Cause, type Head } from "./head";
import messages from "./messages";
import { targetText, type ChosenTarget } from "./target";
import { targetHref, type StudentView } from "./view";

const NAMES_SHOWN = 4;

export function Hero({ view, head }: { view: StudentView; head: Head }): JSX.Element {
  const say = useMessages(messages);
  const [cause, ...others] = head.rootCauses.causes;
  if (cause === undefined) {
    const isNew = progressOf(head).started === 0;
    return (
      <HeroCard title={isNew ? say.notBegun(view.name) : say.noCause(view.name)} calm>
        <p class="lead">{isNew ? say.notBegunWhy : say.noCauseWhy}</p>
      </HeroCard>
    );
  }
  const target: ChosenTarget = { kind: "CONCEPT", id: cause.conceptId };
  return (
    <HeroCard kicker={say.workOn(view.name)} title={cause.concept?.name ?? cause.conceptId}>
      <Reason cause={cause} attempts={attemptsOf(head, cause)} />
      <div class="row student-gap">
        <Link class="btn primary" href={targetHref(view, target)}>
          {say.seeWhy}
        </Link>
        <MapLink view={view} head={head} target={target} />
      </div>
      {others.length > 0 && (
        <p class="small muted student-gap">
          {say.alsoCauses}{" "}
          {others.map((other, index) => (
            <span key={other.conceptId}>
              {index > 0 && ", "}
              <Link href={targetHref(view, { kind: "CONCEPT", id: other.conceptId })}>{other.concept?.name ?? other.conceptId}</Link>
              {other.level !== null && ` (${say.percent(levelPercent(other.level))})`}
            </span>
          ))}
        </p>
      )}
    </HeroCard>
  );
}

function Reason({ cause, attempts }: { cause: Cause; attempts: number | null }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const names = cause.blocks.map(({ name }) => name);
  const shown = names.length <= NAMES_SHOWN ? names : [...names.slice(0, NAMES_SHOWN - 1), say.more(names.length - NAMES_SHOWN + 1)];
  const level = cause.level === null ? "" : `${say.atLevel(levelPercent(cause.level), attempts)}${names.length > 0 ? ", " : ". "}`;
  const joint = names.length > 0 && language === "en" ? "and " : names.length > 0 ? "und " : "";
  return (
    <p class="lead">
      {level}
      {level && joint}
      {say.waits(names.length, formatList(shown, language))} {say.beforeFine}
    </p>
  );
}

function MapLink({ view, head, target }: { view: StudentView; head: Head; target: ChosenTarget }): JSX.Element | null {
  const say = useMessages(messages);
  const group = view.group ?? (view.staff ? head.groups[0]?.id : undefined);
  if (group === undefined) return null;
  const search = new URLSearchParams({ student: view.id, target: targetText(target) });
  return (
    <Link class="btn" href={`${classPath(group, "concepts")}?${search}`}>
      {say.showInMap}
    </Link>
  );
}

function HeroCard({ kicker, title, calm = false, children }: { kicker?: string; title: string; calm?: boolean; children: ComponentChildren }): JSX.Element {
  const id = useId();
  return (
    <section class={`card hero o1${calm ? "" : " tint"}`} aria-labelledby={id}>
      {kicker !== undefined && <p class="kicker">{kicker}</p>}
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}
