/** One page of classes, and the pages after it on request. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { useCardQuery } from "../../api/use_query";
import { HomeClassesDocument } from "../../generated/documents";
import { formatList, formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { classPath } from "../../parts/paths";
import messages from "./messages";

interface ClassListProps {
  search: string;
  after: string | null;
  clear: () => void;
}

export function ClassList({ search, after, clear }: ClassListProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const query = useCardQuery(HomeClassesDocument, { search: search || null, after });
  const [isOpen, open] = useState(false);
  return (
    <States query={query} what={say.title}>
      {({ groups: { nodes, totalCount, pageInfo } }) => (
        <>
          {search !== "" && after === null && (
            <p class="sr" role="status">
              {say.matches(totalCount)}
            </p>
          )}
          {nodes.length === 0 && (
            <>
              <h2>{say.nothing(search)}</h2>
              <p>
                <button type="button" class="btn" onClick={clear}>
                  {say.clear}
                </button>
              </p>
            </>
          )}
          <ul class="classes">
            {nodes.map(({ id, name, size, courses }) => (
              <li key={id}>
                <Link href={classPath(id)}>
                  <b>
                    {name}
                    {courses.length > 0 && <small>{formatList(courses.map((course) => course.name), language)}</small>}
                  </b>
                  <span class="size muted">{say.students(size, formatNumber(size, language))}</span>
                </Link>
              </li>
            ))}
          </ul>
          {pageInfo.hasNextPage &&
            (isOpen ? (
              <ClassList search={search} after={pageInfo.endCursor} clear={clear} />
            ) : (
              <button type="button" class="btn" onClick={() => open(true)}>
                {say.more}
              </button>
            ))}
        </>
      )}
    </States>
  );
}
