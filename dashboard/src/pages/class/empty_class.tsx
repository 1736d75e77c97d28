/** A class with nothing to show yet, and a class that does not exist or is not the caller's. */
import type { JSX } from "preact";
import { Link } from "wouter-preact";
import { useMessages } from "../../i18n/language";
import { classPath } from "../../parts/paths";
import messages from "./messages";

export function EmptyClass({ group, hasStudents }: { group: string; hasStudents: boolean }): JSX.Element {
  const say = useMessages(messages);
  const manage = classPath(group, "manage");
  return (
    <section class="card notice">
      <h2>{hasStudents ? say.noAnswers : say.noStudents}</h2>
      <p class="muted">{hasStudents ? say.noAnswersWhy : say.noStudentsWhy}</p>
      <p class="row">
        <Link class={`btn ${hasStudents ? "primary" : ""}`} href={`${manage}?part=upload`}>
          {say.upload}
        </Link>
        <Link class={`btn ${hasStudents ? "" : "primary"}`} href={`${manage}?part=roster`}>
          {say.addStudents}
        </Link>
      </p>
    </section>
  );
}

/** What may not be seen and what does not exist look the same. */
export function NoClass(): JSX.Element {
  const say = useMessages(messages);
  return (
    <section class="card notice">
      <h1>{say.notYours}</h1>
      <p class="muted">{say.notYoursWhy}</p>
      <p>
        <Link class="btn" href="/">
          {say.toClasses}
        </Link>
      </p>
    </section>
  );
}
