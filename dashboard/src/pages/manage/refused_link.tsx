/** The circle that a link would close: the path that exists, and the refused link back to its beginning. */
import { Fragment, type JSX } from "preact";
import { useMessages } from "../../i18n/language";
import messages from "./course_messages";

export interface Step {
  id: string;
  name: string;
}

export function RefusedLink({ circle }: { circle: readonly Step[] }): JSX.Element {
  const say = useMessages(messages);
  const path = circle.slice(0, -1);
  const start = circle[0]!;
  const end = path.at(-1)!;
  return (
    <div class="refused" role="alert">
      <div class="note warn">
        <strong>{say.circle}</strong> {path.length === 1 ? say.circleSelf : say.circleWhy(start.name, end.name)}
      </div>
      <ol class="circle" aria-label={say.circleLabel}>
        {path.map(({ id, name }, index) => (
          <Fragment key={id}>
            {index > 0 && (
              <li class="arrow" aria-hidden="true">
                →
              </li>
            )}
            <li class="step">{name}</li>
          </Fragment>
        ))}
        <li class="arrow back" aria-hidden="true">
          ⇢
        </li>
        <li class="step back">
          {start.name} <span class="tiny">{say.refusedLink}</span>
        </li>
      </ol>
    </div>
  );
}
