/** A class with nothing to show yet, and a class that does not exist or is not the caller's. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Link } from "wouter-preact";
import type { Role } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { classPath } from "../../parts/paths";
import messages from "./messages";

interface EmptyClassProps {
  group: string;
  hasStudents: boolean;
  role: Role;
  /** Look again whether there are answers: no card is open that would hear of them. */
  refresh: () => void;
}

const AGAIN_AFTER = 20_000;

export function EmptyClass({ group, hasStudents, role, refresh }: EmptyClassProps): JSX.Element {
  const say = useMessages(messages);
  const latest = useRef(refresh);
  latest.current = refresh;
  useEffect(() => {
    const timer = setInterval(() => latest.current(), AGAIN_AFTER);
    return () => clearInterval(timer);
  }, []);
  // As docs/access.md has it. The service decides.
  const mayUpload = role === "ADMIN" || role === "SERVICE";
  const manage = classPath(group, "manage");
  return (
    <section class="card notice">
      <h2>{hasStudents ? say.noAnswers : say.noStudents}</h2>
      <p class="muted">{hasStudents ? say.noAnswersWhy : say.noStudentsWhy}</p>
      {mayUpload ? (
        <p class="row">
          <Link class={`btn ${hasStudents ? "primary" : ""}`} href={`${manage}?part=upload`}>
            {say.upload}
          </Link>
          {role === "ADMIN" && (
            <Link class={`btn ${hasStudents ? "" : "primary"}`} href={`${manage}?part=roster`}>
              {say.addStudents}
            </Link>
          )}
        </p>
      ) : (
        <p>{say.administratorFills}</p>
      )}
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
