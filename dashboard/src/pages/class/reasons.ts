/** Reasons for a word, put into words from what the service returns with them. */
import type { ClassWordsBeforeQuery, ClassWordsQuery } from "../../generated/documents";
import { formatDay, formatList, formatNumber, levelPercent, percent } from "../../i18n/format";
import type { Language } from "../../i18n/language";
import type messages from "./messages";

export type Say = (typeof messages)["en"];
export type Listed = NonNullable<ClassWordsQuery["group"]>["atRisk"]["students"][number];
export type Reason = Listed["reasons"][number];
export type ListedBefore = NonNullable<ClassWordsBeforeQuery["group"]>["atRisk"]["students"][number];

/** So many stuck concepts are named in one reason. */
const FIRST = 2;

export interface ReasonText {
  text: string;
  /** The concept or skill that the student's page opens: `concept:gr_articles`. */
  target: string | null;
}

function cut(words: readonly string[], say: Say, language: Language): string {
  return formatList(words.length > FIRST ? [...words.slice(0, FIRST), say.furtherOnes(words.length - FIRST)] : words, language);
}

/** One reason, in one sentence or two. Kinds that this page does not know yet have the service's sentence. */
export function textsOf(reason: Reason, say: Say, language: Language): ReasonText[] {
  switch (reason.__typename) {
    case "RootCauseReason": {
      const { concept, conceptId, level, blocks } = reason;
      return [{ text: say.heldBack(concept?.name ?? conceptId, levelPercent(level), blocks), target: `concept:${conceptId}` }];
    }
    case "Stagnation": {
      // The concept with the most answers has been tried for longest.
      const stuck = [...reason.stuck].sort((one, other) => other.attempts - one.attempts);
      const names = stuck.map(({ concept, conceptId, level, attempts }) => say.stuckConcept(concept?.name ?? conceptId, levelPercent(level), attempts));
      const missed = reason.missedIds.map((missedId) => reason.concepts.find(({ id }) => id === missedId)?.name ?? missedId);
      return [
        ...(stuck[0] ? [{ text: say.stuck(cut(names, say, language)), target: `concept:${stuck[0].conceptId}` }] : []),
        ...(missed.length > 0 ? [{ text: say.missed(cut(missed, say, language)), target: `concept:${reason.missedIds[0]!}` }] : []),
      ];
    }
    case "Inactivity": {
      const { days, lastPracticedAt } = reason;
      const text = days === null || lastPracticedAt === null ? say.neverActive : say.inactive(Math.round(days), formatDay(lastPracticedAt, language));
      return [{ text, target: null }];
    }
    case "FallingTrend":
      return [{ text: say.falling(percent(reason.recentAccuracy), reason.recentAnswers, percent(reason.beforeAccuracy), reason.beforeAnswers), target: null }];
    case "FallingTopic": {
      const { skill, skillCode, velocity } = reason;
      return [{ text: say.fallingTopic(skill?.name ?? skillCode, percent(-velocity)), target: `skill:${skillCode}` }];
    }
    case "RapidGuessing":
      return [{ text: say.rapid(reason.guesses, reason.answers, formatNumber(reason.seconds, language, 1)), target: null }];
    default:
      return [{ text: (reason as { message: string }).message, target: null }];
  }
}

/** What the student's page opens first: the first reason that is about a concept or skill. */
export function targetOf(reasons: readonly Reason[], say: Say, language: Language): string | undefined {
  return reasons.flatMap((reason) => textsOf(reason, say, language)).find(({ target }) => target !== null)?.target ?? undefined;
}

/** Whether the student had the same reason a week ago: of the same kind and, where it is about concepts, about one of them at least. */
export function wasListed(reason: Reason, before: ListedBefore | undefined): boolean {
  return (before?.reasons ?? []).some((old) => {
    if (old.__typename === "RootCauseReason") return reason.__typename === "RootCauseReason" && reason.conceptId === old.conceptId;
    if (old.__typename === "FallingTopic") return reason.__typename === "FallingTopic" && reason.skillCode === old.skillCode;
    if (old.__typename !== "Stagnation" || reason.__typename !== "Stagnation") return old.__typename === reason.__typename;
    const ids = [...old.missedIds, ...old.stuckIds];
    return [...reason.missedIds, ...reason.stuck.map(({ conceptId }) => conceptId)].some((id) => ids.includes(id));
  });
}

/** Reasons that carry their own times: a last answer, or the last week. */
export function hasOwnTime({ __typename }: Reason): boolean {
  return __typename === "Inactivity" || __typename === "FallingTrend" || __typename === "RapidGuessing";
}
