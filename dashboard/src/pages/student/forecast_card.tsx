/** How many more answers it takes to master the target, how sure that is, and what imagined answers would do. */
import type { JSX } from "preact";
import { useCardQuery } from "../../api/use_query";
import { StudentForecastDocument, type StudentForecastQuery } from "../../generated/documents";
import { percent } from "../../i18n/format";
import { useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { ForecastCurve } from "./forecast_curve";
import { answersFor } from "./forecast_numbers";
import messages from "./messages";
import { targetVariables, type ChosenTarget } from "./target";
import { type StudentView } from "./view";
import { WhatIf } from "./what_if_part";

interface ForecastCardProps {
  view: StudentView;
  target: ChosenTarget;
}

type Forecast = NonNullable<NonNullable<StudentForecastQuery["student"]>["forecast"]>;
export type Student = NonNullable<StudentForecastQuery["student"]>;

/** The share of cases that the bound covers. */
const BOUND = 0.8;

export function ForecastCard({ view, target }: ForecastCardProps): JSX.Element {
  const say = useMessages(messages);
  const query = useCardQuery(StudentForecastDocument, { student: view.id, ...targetVariables(target) }, { refresh: 10_000 });
  const loaded = query.data?.student;
  const headline = (): string => {
    if (!loaded?.forecast) return say.forecast;
    if (loaded.mastery?.status === "MASTERED") return say.isMastered;
    const { answersToMastery } = loaded.forecast;
    return answersToMastery === null ? say.manyMore : say.aboutMore(Math.max(1, Math.round(answersToMastery)));
  };
  return (
    <Card title={headline()} class="o3" query={query}>
      {({ student }) =>
        student?.forecast && (
          <>
            <Words view={view} student={student} forecast={student.forecast} />
            {student.mastery?.status !== "MASTERED" && <ForecastCurve forecast={student.forecast} />}
            <WhatIf view={view} target={target} student={student} />
          </>
        )
      }
    </Card>
  );
}

function Words({ view, student, forecast }: { view: StudentView; student: Student; forecast: Forecast }): JSX.Element {
  const say = useMessages(messages);
  const name = student.mastery?.target?.name ?? "";
  const { answersToMastery, pMasteredWithin, pNextCorrect, interval } = forecast;
  const goal = (): string => {
    if (student.mastery?.status === "MASTERED") return say.staysMastered(name);
    if (answersToMastery === null) return say.notWithin(name);
    return `${say.toMaster(name, view.name)} ${say.bound(answersFor(BOUND, pMasteredWithin))}`;
  };
  return (
    <p class="small muted student-lead">
      {goal()} {say.nextRight(percent(pNextCorrect), percent(interval.low), percent(interval.high))}
    </p>
  );
}
