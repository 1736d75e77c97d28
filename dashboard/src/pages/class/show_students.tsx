/** The button that keeps the heat map to the students of a cause, and gives all of them back. */
import type { JSX } from "preact";
import { useMessages } from "../../i18n/language";
import messages from "./messages";
import type { Cause } from "./only_students";

interface ShowStudentsProps {
  cause: Cause;
  /** The id of the element with the name of the cause. */
  describedBy: string;
  chosen: string | null;
  choose: (conceptId: string | null) => void;
}

export function ShowStudents({ cause, describedBy, chosen, choose }: ShowStudentsProps): JSX.Element | null {
  const say = useMessages(messages);
  const count = cause.heldBackStudents?.totalCount ?? 0;
  if (count === 0) return null;
  const isChosen = chosen === cause.conceptId;
  return (
    <>
      <button type="button" class="btn show" aria-describedby={describedBy} onClick={() => choose(isChosen ? null : cause.conceptId)}>
        {isChosen ? say.showAll : say.showStudents(count)}
      </button>
      <span class="sr" role="status">
        {isChosen && say.inTable(count)}
      </span>
    </>
  );
}
