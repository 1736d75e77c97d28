/** Where the caller starts: the only class, a choice of classes, or a student's own page. */
import type { JSX } from "preact";
import { Link, Redirect } from "wouter-preact";
import { useCardQuery } from "../../api/use_query";
import { ClassesDocument, MeDocument } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { Card, States } from "../../parts/card";
import messages from "../../parts/messages";
import { classPath, studentPath } from "../../parts/paths";

export default function HomePage(): JSX.Element {
  const query = useCardQuery(MeDocument, {});
  return (
    <States query={query} what="">
      {({ me }) => (me.student ? <Redirect to={studentPath(null, me.student.id)} replace /> : <Classes />)}
    </States>
  );
}

function Classes(): JSX.Element {
  const say = useMessages(messages);
  const query = useCardQuery(ClassesDocument, {});
  return (
    <Card title={say.yourClasses} query={query}>
      {({ groups: { nodes } }) => {
        if (nodes.length === 0) return <p>{say.noClasses}</p>;
        if (nodes.length === 1) return <Redirect to={classPath(nodes[0]!.id)} replace />;
        return (
          <ul class="list">
            {nodes.map(({ id, name, size }) => (
              <li key={id}>
                <Link href={classPath(id)}>{name}</Link> <span class="muted">{size}</span>
              </li>
            ))}
          </ul>
        );
      }}
    </Card>
  );
}
