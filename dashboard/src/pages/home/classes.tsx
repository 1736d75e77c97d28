/** The classes that the caller may see, with a search where there are many. A single class opens by itself. */
import type { JSX } from "preact";
import { Redirect, useSearchParams } from "wouter-preact";
import { useCardQuery } from "../../api/use_query";
import { HomeClassesDocument, type Role } from "../../generated/documents";
import { formatNumber } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { classPath } from "../../parts/paths";
import { ClassList } from "./class_list";
import messages from "./messages";
import { SearchField } from "./search_field";

/** With more classes than this, there is a search. */
const MANY = 8;

export function Classes({ role }: { role: Role }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const [params, setParams] = useSearchParams();
  const search = params.get("search") ?? "";
  const find = (text: string) => setParams(text === "" ? {} : { search: text }, { replace: true });
  const all = useCardQuery(HomeClassesDocument, { search: null, after: null });
  const title = role === "TEACHER" ? say.title : say.allTitle;
  return (
    <div class="home">
      <States query={all} what={title}>
        {({ groups }) => {
          if (groups.totalCount === 0) return <NoClasses role={role} />;
          if (groups.totalCount === 1) return <Redirect to={classPath(groups.nodes[0]!.id)} replace />;
          return (
            <>
              <div class="pagehead">
                <div>
                  <h1>{title}</h1>
                  <p>{say.count(formatNumber(groups.totalCount, language), false)}</p>
                </div>
                {groups.totalCount > MANY && <SearchField value={search} find={find} />}
              </div>
              <section class="card" aria-label={title}>
                <ClassList key={search} search={search} after={null} clear={() => find("")} />
              </section>
            </>
          );
        }}
      </States>
    </div>
  );
}

function NoClasses({ role }: { role: Role }): JSX.Element {
  const say = useMessages(messages);
  const isAdministrator = role === "ADMIN";
  return (
    <section class="card notice">
      <h1>{isAdministrator ? say.noneAdministrator : say.none}</h1>
      <p class="muted">{isAdministrator ? say.noneAdministratorWhy : say.noneWhy}</p>
    </section>
  );
}
