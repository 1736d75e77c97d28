/** All levels of the student, weakest first: where each lies, and how sure that is. A click opens "Why". */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Loaded } from "../../api/use_query";
import type { StudentLevelFragment, StudentLevelsQuery } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { saveCsv } from "../../parts/download";
import shared from "../../parts/messages";
import { LevelRow } from "./level_row";
import messages from "./messages";
import { isSame, type ChosenTarget } from "./target";
import type { StudentView } from "./view";

interface LevelsCardProps {
  view: StudentView;
  target: ChosenTarget | null;
  query: Loaded<StudentLevelsQuery>;
  name: string;
}

/** Rows of a list before "Show the others". */
const SHOWN = 9;

export function LevelsCard({ view, target, query, name }: LevelsCardProps): JSX.Element {
  const say = useMessages(messages);
  const { download } = useMessages(shared);
  const student = query.data?.student;
  const lists = student ? [student.concepts.nodes, student.skills.nodes] : [];
  const actions = (
    <span class="row">
      <span class="small muted only-wide">{say.weakestFirst}</span>
      <button
        type="button"
        class="btn"
        disabled={lists.flat().length === 0}
        onClick={() => saveCsv(`${name} ${say.levels}.csv`, [say.levelsCsv, ...lists.flat().map(csvRow)])}
      >
        {download}
      </button>
    </span>
  );
  return (
    <Card title={say.levels} class="student-levels" actions={actions} query={query}>
      {({ student: loaded }) =>
        !loaded || loaded.concepts.totalCount + loaded.skills.totalCount === 0 ? (
          <p class="small muted">{say.noLevels}</p>
        ) : (
          <>
            <Legend />
            <div class="levels">
              <LevelList view={view} target={target} title={say.concepts} what={say.conceptsWord} list={loaded.concepts} />
              <LevelList view={view} target={target} title={say.skills} what={say.skillsWord} list={loaded.skills} />
            </div>
          </>
        )
      }
    </Card>
  );
}

interface LevelListProps {
  view: StudentView;
  target: ChosenTarget | null;
  title: string;
  what: string;
  list: { totalCount: number; nodes: StudentLevelFragment[] };
}

function LevelList({ view, target, title, what, list: { nodes, totalCount } }: LevelListProps): JSX.Element | null {
  const say = useMessages(messages);
  const [all, showAll] = useState(false);
  if (totalCount === 0) return null;
  const ordered = [...nodes].sort((one, other) => one.level - other.level); // live changes move a level within the list
  const shown = all || ordered.length <= SHOWN + 1 ? ordered : ordered.slice(0, SHOWN);
  return (
    <div>
      <h3>{title}</h3>
      <ul aria-label={title}>
        {shown.map((mastery) => (
          <LevelRow key={mastery.id} view={view} mastery={mastery} chosen={isSame(mastery.target, target)} />
        ))}
      </ul>
      {ordered.length > SHOWN + 1 && (
        <button type="button" class="link small student-more" aria-expanded={all} onClick={() => showAll(!all)}>
          {all ? say.showFewer : say.showOthers(ordered.length - SHOWN, what)}
        </button>
      )}
      {all && totalCount > nodes.length && <p class="tiny muted">{say.onlyFirst(nodes.length, totalCount)}</p>}
    </div>
  );
}

function Legend(): JSX.Element {
  const say = useMessages(messages);
  return (
    <p class="legend tiny student-legend">
      <span class="key">
        <svg width="40" height="14" aria-hidden="true">
          <rect x="2" y="3" width="36" height="8" rx="4" fill="var(--l4)" />
          <circle cx="24" cy="7" r="6" fill="var(--l1)" />
        </svg>
        {say.levelKey}
      </span>
      <span class="key">
        <svg width="16" height="14" aria-hidden="true">
          <circle cx="8" cy="7" r="5.5" fill="none" stroke="var(--o2)" stroke-width="2" />
        </svg>
        {say.thinKey}
      </span>
      <span class="key">
        <svg width="16" height="14" aria-hidden="true">
          <path d="M4 1v12M12 1v12" stroke="var(--edge)" />
        </svg>
        {say.thresholdKey}
      </span>
    </p>
  );
}

function csvRow({ target, level, status, interval, confidence, attempts, correct, lastPracticedAt }: StudentLevelFragment) {
  return [target?.kind, target?.id, target?.name, level, status, interval.low, interval.high, confidence, attempts, correct, lastPracticedAt];
}
