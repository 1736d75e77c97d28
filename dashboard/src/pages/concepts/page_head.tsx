/** The head of the page: whose levels colour the map, and search. */
import type { JSX, RefObject } from "preact";
import { useMessages } from "../../i18n/language";
import messages from "./messages";

interface PageHeadProps {
  lead: string;
  groupName: string;
  members: readonly { id: string; name: string }[];
  student: string | null;
  studentName: string;
  chooseStudent: (id: string | null) => void;
  text: string;
  find: (text: string) => void;
  enter: () => void;
  count: number | null;
  field: RefObject<HTMLInputElement>;
}

export function PageHead(props: PageHeadProps): JSX.Element {
  const { lead, groupName, members, student, studentName, chooseStudent, text, find, enter, count, field } = props;
  const say = useMessages(messages);
  const missing = student !== null && !members.some(({ id }) => id === student);
  return (
    <div class="pagehead">
      <div>
        <h1>{say.title}</h1>
        <p>{lead}</p>
      </div>
      <div class="row conceptpick">
        <label class="row small muted">
          {say.colourBy}
          <select class="select" value={student ?? ""} onChange={({ currentTarget }) => chooseStudent(currentTarget.value || null)}>
            <option value="">{groupName}</option>
            {missing && <option value={student}>{studentName}</option>}
            {members.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="row small muted">
          {say.find}
          <input
            ref={field}
            class="select"
            type="search"
            aria-label={say.findLabel}
            value={text}
            onInput={({ currentTarget }) => find(currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter") enter();
              if (event.key === "Escape") find("");
            }}
          />
        </label>
        <span class="sr" role="status">
          {count !== null && say.foundCount(count)}
        </span>
      </div>
    </div>
  );
}
