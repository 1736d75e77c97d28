/** What holds the class, or the chosen student, back: up to three root causes, numbered as on the map. */
import type { JSX } from "preact";
import type { Loaded } from "../../api/use_query";
import type { ConceptsCausesQuery, ConceptsStudentQuery } from "../../generated/documents";
import { formatList, levelPercent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import messages from "./messages";

interface CauseRow {
  conceptId: string;
  concept: { name: string } | null;
  blocks: readonly { name: string }[];
  students?: number | null;
  level?: number | null;
}

interface CausesProps {
  show: (id: string) => void;
}

export function ClassCauses({ query, show }: CausesProps & { query: Loaded<ConceptsCausesQuery> }): JSX.Element {
  const say = useMessages(messages);
  return (
    <Card title={say.causesOfClass} class="tint" query={query}>
      {({ group }) => (group === null ? <p>{say.noClass}</p> : <Causes causes={group.rootCauses.causes} show={show} />)}
    </Card>
  );
}

export function StudentCauses({ query, name, show }: CausesProps & { query: Loaded<ConceptsStudentQuery>; name: string }): JSX.Element {
  const say = useMessages(messages);
  return (
    <Card title={say.causesOfStudent(name)} class="tint" query={query}>
      {({ student }) => (student === null ? <p>{say.noStudent}</p> : <Causes causes={student.rootCauses.causes} show={show} />)}
    </Card>
  );
}

const NAMED = 3;

function Causes({ causes, show }: CausesProps & { causes: readonly CauseRow[] }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  if (causes.length === 0) return <p class="muted">{say.noCause}</p>;
  const waiting = (blocks: readonly { name: string }[]) => {
    const names = blocks.slice(0, NAMED).map(({ name }) => name);
    return say.waiting(blocks.length, formatList(blocks.length > NAMED ? [...names, say.waitingMore(blocks.length - NAMED)] : names, language));
  };
  return (
    <ol class="next">
      {causes.map(({ conceptId, concept, blocks, students, level }, index) => {
        const name = concept?.name ?? conceptId;
        return (
          <li key={conceptId}>
            <span class="num">{index + 1}</span>
            <div>
              <h3>
                <button type="button" class="conceptname" aria-label={say.showOnMap(name)} onClick={() => show(conceptId)}>
                  {name}
                </button>
              </h3>
              <p class="small muted">
                {students !== undefined && students !== null && `${say.stuck(students)} `}
                {level !== undefined && level !== null && `${say.atLevel(levelPercent(level))} `}
                {blocks.length > 0 && waiting(blocks)}
              </p>
            </div>
          </li>
        );
      })}
    </ol>
  );
}
