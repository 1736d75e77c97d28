/** A run of imagined answers, as it is typed: r and w, in German also f. */
export interface TypedRun {
  outcomes: boolean[];
  /** A character that stands for no answer. */
  unreadable: string | null;
  /** More was typed than the longest run has. */
  isCut: boolean;
}

/** The API takes up to 500; more than this fits no list. */
export const LONGEST_RUN = 30;

export function parseRun(text: string): TypedRun {
  const letters = [...text.toLowerCase().replace(/[\s,;.]/g, "")];
  const unreadable = letters.find((letter) => !"rwf".includes(letter)) ?? null;
  const outcomes = letters.filter((letter) => "rwf".includes(letter)).map((letter) => letter === "r");
  return { outcomes: outcomes.slice(0, LONGEST_RUN), unreadable, isCut: outcomes.length > LONGEST_RUN };
}
