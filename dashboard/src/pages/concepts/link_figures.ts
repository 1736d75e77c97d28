/** The figures of a link as texts; null where too few students answered. */
import { formatNumber, percent } from "../../i18n/format";
import type { Language } from "../../i18n/language";
import type messages from "./links_messages";

export interface Figures {
  verdict: string;
  studentsWith: number | null;
  studentsWithout: number | null;
  shareWith: number | null;
  shareWithout: number | null;
  oddsRatio: number | null;
  low: number | null;
  high: number | null;
}

type Words = (typeof messages)["en"];

/** A side of the comparison: "82% of 228". */
export function side(share: number | null, students: number | null, say: Words): string {
  return share === null || students === null ? say.noFigures : say.side(percent(share), students);
}

/** The odds ratio with its interval: "4.9 (2.4 to 10)". */
export function ratio({ oddsRatio, low, high }: Figures, say: Words, language: Language): string | null {
  if (oddsRatio === null || low === null || high === null) return null;
  const [value, from, to] = [oddsRatio, low, high].map((each) => formatNumber(each, language, each < 10 ? 1 : 0));
  return say.interval(value!, from!, to!);
}

/** The links that are decided; all of them if that is chosen. */
export function shownLinks<Link extends Figures>(links: readonly Link[], all: boolean): Link[] {
  return links.filter(({ verdict }) => all || verdict !== "TOO_FEW_ANSWERS");
}
