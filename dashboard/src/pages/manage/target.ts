/** The concept or skill that an address names. */

/** `concept:gr_articles` in the address, as on the page of a student. */
export interface Target {
  kind: "concept" | "skill";
  id: string;
}

export function targetOf(text: string | null): Target | null {
  const match = /^(concept|skill):(.+)$/.exec(text ?? "");
  return match === null ? null : { kind: match[1] as Target["kind"], id: match[2]! };
}
