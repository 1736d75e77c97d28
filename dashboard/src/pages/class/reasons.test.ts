import { expect, test } from "vitest";
import { formatList } from "../../i18n/format";
import messages from "./messages";
import { targetOf, textsOf, wasListed, type Reason } from "./reasons";

const cause: Reason = { __typename: "RootCauseReason", message: "", conceptId: "gr_articles", blocks: 1, level: 0.4999, concept: { id: "gr_articles", name: "Articles" } };
const concept = (id: string, level: number, attempts: number) => ({ conceptId: id, level, attempts, concept: { id, name: id.toUpperCase() } });
const stagnation: Reason = {
  __typename: "Stagnation",
  message: "",
  missedIds: ["d"],
  concepts: [{ id: "d", name: "Dative" }],
  stuck: [concept("a", 0.2, 10), concept("b", 0.3, 49), concept("c", 0.1, 20)],
};
const inactivity: Reason = { __typename: "Inactivity", message: "", lastPracticedAt: "2026-10-17T01:00:10Z", days: 40.99 };

test("levels are rounded down, so that they do not reach the limit that they are under", () => {
  expect(textsOf(cause, messages.en, "en")).toEqual([{ text: "Held back by Articles (49%): 1 concept after it waits", target: "concept:gr_articles" }]);
});

test("the concepts with most answers are named first, and what is missed has a sentence of its own", () => {
  expect(textsOf(stagnation, messages.en, "en").map(({ text }) => text)).toEqual([
    `Not getting better: ${formatList(["B (30% after 49 answers)", "C (10% after 20 answers)", "1 more"], "en")}`,
    "Missed again and again: Dative",
  ]);
});

test("a kind that the page does not know has the sentence of the service", () => {
  const later = { __typename: "Later", message: "A sentence." } as unknown as Reason;
  expect(textsOf(later, messages.de, "de")[0]!.text).toBe("A sentence.");
});

test("the page of the student opens the first concept", () => {
  expect(targetOf([inactivity, stagnation, cause], messages.en, "en")).toBe("concept:b");
  expect(targetOf([inactivity], messages.en, "en")).toBeUndefined();
});

test("a reason is as old as the same cause, or one of the same stuck concepts", () => {
  const before = { studentId: "s", reasons: [{ __typename: "Stagnation" as const, missedIds: [], stuckIds: ["c"] }, { __typename: "RootCauseReason" as const, conceptId: "other" }] };
  expect(wasListed(stagnation, before)).toBe(true);
  expect(wasListed(cause, before)).toBe(false);
  expect(wasListed({ ...stagnation, stuck: [concept("a", 0.2, 10)] }, before)).toBe(false);
  expect(wasListed(stagnation, undefined)).toBe(false);
});
