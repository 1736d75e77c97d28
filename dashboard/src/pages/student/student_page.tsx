/** A student: what holds them back, and why each level is as it is. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Link, useSearchParams } from "wouter-preact";
import { useLive } from "../../api/use_live";
import { useCardQuery } from "../../api/use_query";
import { StudentHeadDocument, StudentLevelsDocument } from "../../generated/documents";
import { localeOf, useLanguage, useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { classPath } from "../../parts/paths";
import { AnswersCard } from "./answers_card";
import { DueCard } from "./due_card";
import { ForecastCard } from "./forecast_card";
import { defaultTarget, type Head } from "./head";
import { Hero } from "./hero";
import { LatelyCard } from "./lately_card";
import { LevelsCard } from "./levels_card";
import messages from "./messages";
import { NextCard } from "./next_card";
import { PageHead } from "./page_head";
import { parseTarget } from "./target";
import { isStaff, shortName, type StudentView } from "./view";
import { WhyCard } from "./why_card";

interface StudentPageProps {
  group: string | null;
  student: string;
}

export default function StudentPage({ group, student }: StudentPageProps): JSX.Element {
  const say = useMessages(messages);
  const head = useCardQuery(StudentHeadDocument, { student }, { refresh: 10_000 });
  const found = head.data?.student;
  useEffect(() => {
    if (found) document.title = found.name;
  }, [found?.name]);
  return (
    <States query={head} what={say.page}>
      {(data) =>
        data.student === null ? (
          <NoStudent group={group} />
        ) : (
          <Cards key={student} group={group} head={data.student} role={data.me.role} />
        )
      }
    </States>
  );
}

interface CardsProps {
  group: string | null;
  head: Head;
  role: Parameters<typeof isStaff>[0];
}

function Cards({ group, head, role }: CardsProps): JSX.Element {
  const locale = localeOf(useLanguage());
  const [search] = useSearchParams();
  const view: StudentView = { group, id: head.id, name: role === "STUDENT" ? null : shortName(head.name), staff: isStaff(role) };
  // What one reads stays where it is, though a live change may make another concept the first cause.
  const [first] = useState(defaultTarget(head));
  const target = parseTarget(search.get("target")) ?? first ?? defaultTarget(head);
  const levels = useCardQuery(StudentLevelsDocument, { student: head.id, locale }, { refresh: 10_000 });
  useLive({ studentId: head.id });
  return (
    <>
      <PageHead view={view} head={head} target={search.get("target")} />
      <div class="two">
        <div class="stack">
          <Hero view={view} head={head} />
          <WhyCard view={view} target={target} />
          <AnswersCard key={target?.id} view={view} target={target} />
        </div>
        <div class="stack">
          <NextCard view={view} />
          {target !== null && <ForecastCard key={`${target.kind}:${target.id}`} view={view} target={target} />}
          <DueCard view={view} />
          {target !== null && <LatelyCard view={view} target={target} />}
        </div>
      </div>
      <LevelsCard view={view} target={target} query={levels} name={head.name} />
    </>
  );
}

function NoStudent({ group }: { group: string | null }): JSX.Element {
  const say = useMessages(messages);
  return (
    <section class="card">
      <h1>{say.noStudent}</h1>
      {group !== null && (
        <p class="student-gap">
          <Link href={classPath(group)}>{say.backToClass}</Link>
        </p>
      )}
    </section>
  );
}
