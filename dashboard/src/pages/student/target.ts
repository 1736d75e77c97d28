/** The concept or skill that the page is about, as it stands in the address: `?target=concept:gr_articles`. */
export interface ChosenTarget {
  kind: "CONCEPT" | "SKILL";
  id: string;
}

/** The target of an address; null if there is none, or none that can be read. */
export function parseTarget(text: string | null): ChosenTarget | null {
  const match = /^(concept|skill):(.+)$/s.exec(text ?? "");
  if (match === null) return null;
  return { kind: match[1] === "concept" ? "CONCEPT" : "SKILL", id: match[2]! };
}

export function targetText({ kind, id }: ChosenTarget): string {
  return `${kind.toLowerCase()}:${id}`;
}

/** The arguments that choose a target in the API. */
export function targetVariables(target: ChosenTarget | null): { concept: string | null; skill: string | null } {
  return {
    concept: target?.kind === "CONCEPT" ? target.id : null,
    skill: target?.kind === "SKILL" ? target.id : null,
  };
}

export function isSame(one: ChosenTarget | null, other: ChosenTarget | null): boolean {
  return one !== null && other !== null && one.kind === other.kind && one.id === other.id;
}
