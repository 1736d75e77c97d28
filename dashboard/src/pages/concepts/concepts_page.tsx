import type { JSX } from "preact";

export default function ConceptsPage({ group }: { group: string }): JSX.Element {
  return <h1>{group}</h1>;
}
