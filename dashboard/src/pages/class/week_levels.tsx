/** Mean level and statuses, against those when the week began: asked apart, because the service replays every answer. */
import type { JSX } from "preact";
import { useCardQuery } from "../../api/use_query";
import { ClassWeekLevelsDocument, type ClassWeekLevelsQuery, type MasteryStatus } from "../../generated/documents";
import { formatNumber, levelPercent, regionOf } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import messages from "./messages";

type Movement = NonNullable<ClassWeekLevelsQuery["group"]>["movement"];

const INTERVAL = 120_000;

export function WeekLevels({ group, start }: { group: string; start: Date }): JSX.Element {
  const say = useMessages(messages);
  const query = useCardQuery(ClassWeekLevelsDocument, { group, start: start.toISOString() }, { refresh: INTERVAL });
  return (
    <States query={query} what={say.week}>
      {(data) => data.group && <Levels movement={data.group.movement} />}
    </States>
  );
}

function Levels({ movement: { before, after } }: { movement: Movement }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const write = (count: number | null | undefined) => (count === null || count === undefined ? say.unknown : formatNumber(count, language));
  const level = (state: Movement["before"]) =>
    state.meanLevel === null ? (state.defined === 0 ? say.none : say.unknown) : new Intl.NumberFormat(regionOf(language), { style: "percent" }).format(levelPercent(state.meanLevel) / 100);
  const count = (state: Movement["before"], status: MasteryStatus) => write(state.statuses.find((one) => one.status === status)?.count);
  const stats = [
    [level(after), say.meanLevel(level(before))],
    [count(after, "MASTERED"), say.mastered(count(before, "MASTERED"))],
    [count(after, "NEEDS_FOCUS"), say.focus(count(before, "NEEDS_FOCUS"))],
    [write(after.defined), say.started(write(before.defined))],
  ] as const;
  return (
    <div class="stats levels-week">
      {stats.map(([figure, words]) => (
        <div key={words} class="stat">
          <b>{figure}</b>
          <span>{words}</span>
        </div>
      ))}
    </div>
  );
}
