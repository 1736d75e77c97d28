/** The class's name, what there is of it in numbers, and the way to another class. */
import type { JSX } from "preact";
import { useLocation } from "wouter-preact";
import type { ClassHeadQuery } from "../../generated/documents";
import { formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { classPath } from "../../parts/paths";
import messages from "./messages";

interface ClassHeadProps {
  group: NonNullable<ClassHeadQuery["group"]>;
  choices: ClassHeadQuery["groups"];
}

export function ClassHead({ group, choices }: ClassHeadProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const { size, distribution } = group;
  const write = (count: number) => formatNumber(count, language);
  const focus = distribution.statuses.find(({ status }) => status === "NEEDS_FOCUS")?.count;
  const students = say.students(write(size), size === 1);
  const hasLevels = focus !== undefined && distribution.defined !== null && distribution.defined > 0;
  return (
    <div class="pagehead">
      <div>
        <h1>{group.name}</h1>
        <p>{say.counts(students, write(distribution.targets), hasLevels ? write(focus) : null, write(distribution.defined ?? 0))}</p>
      </div>
      {choices.totalCount > 1 && <ClassChoice group={group} choices={choices} />}
    </div>
  );
}

function ClassChoice({ group, choices }: ClassHeadProps): JSX.Element {
  const say = useMessages(messages);
  const [, navigate] = useLocation();
  const isListed = choices.nodes.some(({ id }) => id === group.id);
  return (
    <label class="row small muted">
      {say.className}
      <select class="select" value={classPath(group.id)} onChange={(event) => navigate(event.currentTarget.value)}>
        {!isListed && <option value={classPath(group.id)}>{group.name}</option>}
        {choices.nodes.map(({ id, name }) => (
          <option key={id} value={classPath(id)}>
            {name}
          </option>
        ))}
        <option value="/">{say.allClasses}</option>
      </select>
    </label>
  );
}
