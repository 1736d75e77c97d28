/** One level: its name, a dot on a line from 0 to 100% with the likely range and both thresholds, and the number. */
import type { JSX } from "preact";
import { Link } from "wouter-preact";
import type { StudentLevelFragment } from "../../generated/documents";
import { formatAgo, levelPercent, percent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { SIGNS } from "../../parts/level";
import shared from "../../parts/messages";
import messages from "./messages";
import { targetHref, type StudentView } from "./view";

interface LevelRowProps {
  view: StudentView;
  mastery: StudentLevelFragment;
  chosen: boolean;
}

export function LevelRow({ view, mastery, chosen }: LevelRowProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const { status: words } = useMessages(shared);
  const { level, status, attempts, correct, judgementCount, lastPracticedAt, confidence, confidenceReasons, interval, thresholds, target } = mastery;
  const thin = confidence === "LOW" ? " thin" : "";
  const [low, high] = [percent(interval.low), percent(interval.high)];
  // "only 3 answers" takes the place of the number; for any other reason the range stands below.
  const few = thin ? confidenceReasons.find(({ kind }) => kind === "FEW_ANSWERS") : undefined;
  const facts = [
    few?.message ?? say.answers(attempts),
    attempts > 0 && say.correctOf(correct),
    lastPracticedAt !== null && formatAgo(lastPracticedAt, new Date(), language),
    judgementCount > 0 && say.judged,
  ].filter((fact) => fact !== false);
  return (
    <li class="lvl" aria-current={chosen ? "true" : undefined}>
      <span class="nm">
        {target && (
          <Link class="quiet" href={targetHref(view, target)}>
            {target.name}
          </Link>
        )}
        <small>
          {facts.join(", ")}
          {thin && few === undefined && <span class="student-thin"> {say.thin(low, high)}</span>}
        </small>
      </span>
      <span class="track" role="img" aria-label={say.likely(low, high)}>
        {[thresholds.focus, thresholds.mastered].map((threshold) => (
          <span key={threshold} class="tk" style={{ left: `${threshold * 100}%` }} />
        ))}
        <span class={`iv${thin}`} style={{ left: `${interval.low * 100}%`, width: `${(interval.high - interval.low) * 100}%` }} />
        <span class={`pt${thin}`} style={{ left: `${level * 100}%` }} />
      </span>
      <span class={`v${thin}`}>
        <span class="student-sign" aria-hidden="true">
          {SIGNS[status]}
        </span>
        {say.percent(levelPercent(level))}
        <span class="sr">
          {" "}
          {words[status]}
        </span>
      </span>
    </li>
  );
}
