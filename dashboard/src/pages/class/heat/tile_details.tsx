/** Level, answers and interval of one tile, with the way to why. */
import type { JSX } from "preact";
import { Link } from "wouter-preact";
import { useCardQuery } from "../../../api/use_query";
import { ClassHeatMasteryDocument, type ClassHeatMasteryQuery, type TargetKind } from "../../../generated/documents";
import { formatDay, levelPercent } from "../../../i18n/format";
import { useLanguage, useMessages } from "../../../i18n/language";
import { States } from "../../../parts/card";
import { StatusBadge, type Thresholds, statusOf } from "../../../parts/level";
import { studentPath } from "../../../parts/paths";
import { Popover } from "../../../parts/popover";
import type { Named } from "./matrix";
import messages from "./messages";

interface DetailsProps {
  group: string;
  kind: TargetKind;
  anchor: HTMLElement;
  student: Named;
  target: Named;
  /** As the tile shows it. */
  level: number | null;
  thresholds: Thresholds;
  close: () => void;
}

export function TileDetails({ group, kind, anchor, student, target, level, thresholds, close }: DetailsProps): JSX.Element {
  const say = useMessages(messages);
  const isSkill = kind === "SKILL";
  const variables = { student: student.id, skill: isSkill ? target.id : null, concept: isSkill ? null : target.id };
  const query = useCardQuery(ClassHeatMasteryDocument, variables);
  const label = say.details(student.name, target.name);
  return (
    <Popover anchor={anchor} label={label} close={close}>
      <div class="tile-details">
        <h3>{student.name}</h3>
        <p class="small muted">{target.name}</p>
        <p class="figure">
          {level !== null && `${levelPercent(level)}% `}
          <StatusBadge status={statusOf(level, thresholds)} />
        </p>
        {level === null ? (
          <p class="small muted">{say.noAnswers}</p>
        ) : (
          <>
            <States query={query} what={label}>
              {({ student: found }) => found?.mastery && <Evidence mastery={found.mastery} />}
            </States>
            <Link class="btn primary" href={studentPath(group, student.id, `${isSkill ? "skill" : "concept"}:${target.id}`)}>
              {say.why}
            </Link>
          </>
        )}
      </div>
    </Popover>
  );
}

type Mastery = NonNullable<NonNullable<ClassHeatMasteryQuery["student"]>["mastery"]>;

function Evidence({ mastery: { attempts, correct, interval, confidence, lastPracticedAt } }: { mastery: Mastery }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const day = lastPracticedAt === null ? null : formatDay(lastPracticedAt, language);
  const between = confidence === "LOW" ? say.anywhere : say.likely;
  return (
    <p class="small muted evidence">
      {attempts === 0 ? say.judged : say.answers(String(correct), attempts, day)}{" "}
      {between(String(levelPercent(interval.low)), String(levelPercent(interval.high)))}
    </p>
  );
}
