/** Where the caller starts: the only class, or a choice of classes. Students start at their own page. */
import type { JSX } from "preact";
import { useCardQuery } from "../../api/use_query";
import { HomeMeDocument } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { Classes } from "./classes";
import messages from "./messages";

export default function HomePage(): JSX.Element {
  const say = useMessages(messages);
  const query = useCardQuery(HomeMeDocument, {});
  return (
    <States query={query} what={say.title}>
      {({ me }) => <Classes role={me.role} />}
    </States>
  );
}
