/** This week against the week before: answers a day, who gave none, levels. */
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useCardQuery } from "../../api/use_query";
import { ClassWeekDocument, type ClassWeekQuery } from "../../generated/documents";
import { formatDay, formatNumber, timeZone } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { Absent } from "./absent";
import messages from "./messages";
import { useNow } from "./use_now";
import { absentSince, LARGEST_TO_COMPARE, noonOf, weekOf, weekStarts } from "./week";
import { WeekChart } from "./week_chart";
import { WeekLevels } from "./week_levels";

const INTERVAL = 60_000;

export function WeekCard({ group, pause }: { group: string; pause: boolean }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const now = useNow();
  const { start, before } = useMemo(() => weekStarts(now), [now]);
  const query = useCardQuery(ClassWeekDocument, { group, before: before.toISOString(), timeZone: timeZone() }, { pause, refresh: INTERVAL });
  return (
    <Card
      title={say.week}
      class="o3 week"
      query={query}
      actions={<span class="small muted">{say.range(formatDay(start, language), formatDay(now, language))}</span>}
    >
      {(data) => data.group && <Week group={data.group} data={data} now={now} start={start} asOf={query.asOf ?? now} />}
    </Card>
  );
}

interface WeekProps {
  group: NonNullable<ClassWeekQuery["group"]>;
  data: ClassWeekQuery;
  now: Date;
  start: Date;
  asOf: Date;
}

function Week({ group, data, now, start, asOf }: WeekProps): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const week = weekOf(group.activity.points, now);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  const answers = sum(week.map((day) => day.answers));
  const before = sum(week.map((day) => day.before));
  const absent = absentSince(data.absent.nodes, start);
  // The list has the least recent first: if it is full of absent students, there may be more.
  const isCut = absent.length === data.absent.nodes.length && absent.length < group.size;
  const last = data.latest.nodes[0]?.lastPracticedAt;
  return (
    <>
      <div class="stats">
        <div class="stat">
          <b>{formatNumber(answers, language)}</b>
          <span>{say.answersWeek(formatNumber(before, language))}</span>
        </div>
        <div class="stat">
          <b>{isCut ? say.absentMany(absent.length) : formatNumber(absent.length, language)}</b>
          <span>{say.gaveNone(absent.length)}</span>
        </div>
      </div>
      {answers + before === 0 ? (
        <p class="note">
          {say.silentWeek} {last && say.lastAnswer(formatDay(last, language))}
        </p>
      ) : (
        <WeekChart name={group.name} week={week} now={asOf} />
      )}
      {absent.length > 0 ? <Absent group={group.id} students={absent} /> : <p class="small">{say.everyone}</p>}
      {group.size <= LARGEST_TO_COMPARE ? (
        <>
          <WeekLevels group={group.id} start={start} />
          <p class="tiny faint">{say.weekAgo(formatDay(noonOf(week[0]!.day), language))}</p>
        </>
      ) : (
        <p class="tiny faint">{say.notCompared(formatNumber(LARGEST_TO_COMPARE, language))}</p>
      )}
    </>
  );
}
