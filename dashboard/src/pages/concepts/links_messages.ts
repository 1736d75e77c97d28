import type { Catalogue } from "../../i18n/language";
import { plural } from "../../i18n/format";

const en = {
  title: "Do the links hold?",
  hint: "Compares each link with the first answers of all students whom you may see. Nothing is changed.",
  check: "Check the links",
  suggestions: "What to look at",
  noSuggestions: "The answers suggest no change.",
  more: (count: number) => `${count} more in the API.`,
  others: (count: number) => `${count} more suggestions`,
  kinds: {
    CONTRADICTED_LINK: "contradicted",
    UNSUPPORTED_LINK: "unsupported",
    REDUNDANT_LINK: "redundant",
    MISSING_LINK: "missing",
  },
  verdicts: {
    CONTRADICTED: "contradicted",
    UNSUPPORTED: "unsupported",
    SUPPORTED: "supported",
    TOO_FEW_ANSWERS: "too few answers",
  },
  evidence: "Evidence for each link",
  tooFew: (count: number) => `${count} ${plural(count, "link has", "links have")} too few answers.`,
  showAll: "Show all links",
  showDecided: "Show decided links only",
  columns: { link: "Link", verdict: "Verdict", without: "Show it without", having: "Show it with", ratio: "Odds ratio" },
  link: (before: string, after: string) => `${before} before ${after}`,
  side: (share: number, students: number) => `${share}% of ${students}`,
  interval: (ratio: string, low: string, high: string) => `${ratio} (${low} to ${high})`,
  noFigures: "fewer than 10",
  baseline: (ratio: string) => `Odds ratios compare students of like ability. Concepts without a path between them have ${ratio}.`,
};

const de: typeof en = {
  title: "Stimmen die Verknüpfungen?",
  hint: "Vergleicht jede Verknüpfung mit den ersten Antworten aller Lernenden, die Sie sehen dürfen. Nichts wird geändert.",
  check: "Verknüpfungen prüfen",
  suggestions: "Was Sie ansehen sollten",
  noSuggestions: "Die Antworten legen keine Änderung nahe.",
  more: (count) => `${count} weitere in der API.`,
  others: (count) => `${count} weitere Vorschläge`,
  kinds: {
    CONTRADICTED_LINK: "widersprochen",
    UNSUPPORTED_LINK: "nicht gestützt",
    REDUNDANT_LINK: "überflüssig",
    MISSING_LINK: "fehlt",
  },
  verdicts: {
    CONTRADICTED: "widersprochen",
    UNSUPPORTED: "nicht gestützt",
    SUPPORTED: "gestützt",
    TOO_FEW_ANSWERS: "zu wenige Antworten",
  },
  evidence: "Belege für jede Verknüpfung",
  tooFew: (count) => `${count} ${plural(count, "Verknüpfung hat", "Verknüpfungen haben")} zu wenige Antworten.`,
  showAll: "Alle Verknüpfungen zeigen",
  showDecided: "Nur entschiedene zeigen",
  columns: { link: "Verknüpfung", verdict: "Urteil", without: "Zeigen es ohne", having: "Zeigen es mit", ratio: "Chancenverhältnis" },
  link: (before, after) => `${before} vor ${after}`,
  side: (share, students) => `${share} % von ${students}`,
  interval: (ratio, low, high) => `${ratio} (${low} bis ${high})`,
  noFigures: "unter 10",
  baseline: (ratio) => `Chancenverhältnisse vergleichen Lernende gleicher Fähigkeit. Konzepte ohne Weg zwischen ihnen haben ${ratio}.`,
};

export default { en, de } satisfies Catalogue<typeof en>;
