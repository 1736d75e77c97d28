import type { JSX } from "preact";

export default function StudentPage({ student }: { group: string | null; student: string }): JSX.Element {
  return <h1>{student}</h1>;
}
