/** Who is weak in a concept, and what comes before and after it. */
import type { JSX } from "preact";
import { Link } from "wouter-preact";
import { useCardQuery } from "../../api/use_query";
import { ConceptsDetailsDocument, type ConceptsDetailsQuery } from "../../generated/documents";
import { formatList, levelPercent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { Tile } from "../../parts/level";
import { studentPath } from "../../parts/paths";
import { Popover } from "../../parts/popover";
import { levelStep, thresholdsOf, type Marks } from "./marks";
import messages from "./messages";

interface DetailsProps {
  group: string;
  id: string;
  name: string;
  anchor: Element;
  marks: Marks;
  student: { id: string; name: string } | null;
  isTarget: boolean;
  choose: (target: string | null) => void;
  close: () => void;
}

export function ConceptDetails({ group, id, name, anchor, marks, student, isTarget, choose, close }: DetailsProps): JSX.Element {
  const say = useMessages(messages);
  const query = useCardQuery(ConceptsDetailsDocument, { concept: id, group }, { refresh: 10_000 });
  return (
    <Popover anchor={anchor} label={name} close={close}>
      <h3 class="poptitle">{name}</h3>
      <Standing group={group} id={id} marks={marks} student={student} />
      <States query={query} what={say.whoIsWeak}>
        {({ concept }) => concept !== null && <Weak concept={concept} group={group} marks={marks} />}
      </States>
      <button
        type="button"
        class="btn"
        onClick={() => {
          choose(isTarget ? null : id);
          close();
        }}
      >
        {isTarget ? say.clearTarget : say.setTarget}
      </button>
    </Popover>
  );
}

function Standing({ group, id, marks, student }: Pick<DetailsProps, "group" | "id" | "marks" | "student">): JSX.Element {
  const say = useMessages(messages);
  const shown = marks.levels.get(id);
  if (student !== null) {
    if (shown === undefined) return <p class="small muted">{say.detailsStudentNone(student.name)}</p>;
    return (
      <p class="small">
        {say.detailsStudent(student.name, levelPercent(shown.level))} <Link href={studentPath(group, student.id, `concept:${id}`)}>{say.why}</Link>
      </p>
    );
  }
  return (
    <p class="small muted">
      {shown === undefined ? say.detailsNotPractised : say.detailsClass(levelPercent(shown.level), shown.practised ?? 0)}
    </p>
  );
}

function Weak({ concept, group, marks }: { concept: NonNullable<ConceptsDetailsQuery["concept"]>; group: string; marks: Marks }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const { id, masteries, prerequisites, unlocks } = concept;
  const names = (concepts: readonly { name: string }[]) => formatList(concepts.map(({ name }) => name), language);
  const hidden = masteries === null ? 0 : masteries.totalCount - masteries.nodes.length;
  return (
    <div class="weak">
      <p class="small">{masteries === null ? say.hiddenNames : say.whoNeedsFocus(masteries.totalCount)}</p>
      {masteries !== null && masteries.nodes.length > 0 && (
        <ul class="people">
          {masteries.nodes.map(({ id: key, level, confidence, student }) =>
            student === null ? null : (
              <li key={key}>
                <Link class="person" href={studentPath(group, student.id, `concept:${id}`)}>
                  <Tile level={level} thresholds={thresholdsOf(id, marks)} thin={confidence === "LOW"} />
                  {student.name}
                </Link>
              </li>
            ),
          )}
        </ul>
      )}
      {hidden > 0 && <p class="small muted">{say.moreStudents(hidden)}</p>}
      <p class="small muted">
        {prerequisites.length === 0 ? say.comesFirst : say.comesAfter(names(prerequisites))} {unlocks.length > 0 && say.comesBefore(names(unlocks))}
      </p>
    </div>
  );
}

/** A level of the map beside a name; a dashed ring if it was not started. */
export function ConceptTile({ id, marks }: { id: string; marks: Marks }): JSX.Element {
  const shown = marks.levels.get(id);
  const step = levelStep(id, marks);
  if (shown === undefined || step === null) return <span class="lv notstarted">·</span>;
  return <Tile level={shown.level} thresholds={thresholdsOf(id, marks)} thin={shown.thin} />;
}
