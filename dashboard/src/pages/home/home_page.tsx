/** Where the caller starts: the only class, a choice of classes, or a student's own page. */
import type { JSX } from "preact";
import { Redirect } from "wouter-preact";
import { useCardQuery } from "../../api/use_query";
import { HomeMeDocument } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { studentPath } from "../../parts/paths";
import { Classes } from "./classes";
import messages from "./messages";

export default function HomePage(): JSX.Element {
  const say = useMessages(messages);
  const query = useCardQuery(HomeMeDocument, {});
  return (
    <States query={query} what={say.title}>
      {({ me }) => (me.student ? <Redirect to={studentPath(null, me.student.id)} replace /> : <Classes role={me.role} />)}
    </States>
  );
}
