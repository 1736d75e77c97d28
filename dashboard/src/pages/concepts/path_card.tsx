/** What to learn on the way to a target: in order for a student, by layers for a class. */
import type { ComponentChildren, JSX } from "preact";
import { Link } from "wouter-preact";
import type { Loaded } from "../../api/use_query";
import type { ConceptsPathQuery } from "../../generated/documents";
import { useLanguage, useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { studentPath } from "../../parts/paths";
import { ConceptTile } from "./concept_details";
import type { ConceptGraph } from "./concept_graph";
import type { Marks } from "./marks";
import messages from "./messages";

interface PathCardProps<Data> {
  query: Loaded<Data>;
  graph: ConceptGraph | null;
  target: string | null;
  choose: (target: string | null) => void;
}

function Frame<Data>({ query, graph, target, choose, children }: PathCardProps<Data> & { children: (data: Data) => ComponentChildren }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const options = [...(graph?.names ?? [])].toSorted(([, a], [, b]) => a.localeCompare(b, language));
  const select = (
    <label class="row small muted targetpick">
      {say.target}
      <select class="select" value={target ?? ""} onChange={({ currentTarget }) => choose(currentTarget.value || null)}>
        <option value="">{say.chooseTarget}</option>
        {options.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <Card title={say.pathTitle} query={query} actions={select}>
      {(data) => {
        if (target === null) return <p class="muted">{say.pathHint}</p>;
        return graph !== null && !graph.names.has(target) ? <p class="muted">{say.noTarget}</p> : children(data);
      }}
    </Card>
  );
}

interface StudentPathProps extends PathCardProps<ConceptsPathQuery> {
  group: string;
  marks: Marks;
}

export function StudentPath({ group, marks, ...frame }: StudentPathProps): JSX.Element {
  const say = useMessages(messages);
  return (
    <Frame {...frame}>
      {({ student }) => {
        if (student === null) return <p class="muted">{say.noStudent}</p>;
        if (student.learningPath.length === 0) return <p class="muted">{say.pathDone}</p>;
        const [before, after] = say.pathOfStudent(student.name);
        return (
          <>
            <p class="small muted pathlead">
              {before}
              <strong>{frame.graph?.names.get(frame.target ?? "")}</strong>
              {after}
            </p>
            <ol class="pathlist">
              {student.learningPath.map(({ id, name }) => (
                <li key={id}>
                  <Link class="person" href={studentPath(group, student.id, `concept:${id}`)}>
                    <ConceptTile id={id} marks={marks} />
                    {name}
                  </Link>
                </li>
              ))}
            </ol>
          </>
        );
      }}
    </Frame>
  );
}

interface ClassPathProps extends PathCardProps<unknown> {
  marks: Marks;
  layers: readonly (readonly string[])[];
  show: (id: string) => void;
}

export function ClassPath({ marks, layers, show, ...frame }: ClassPathProps): JSX.Element {
  const say = useMessages(messages);
  const [before, after] = say.pathOfClass;
  return (
    <Frame {...frame}>
      {() =>
        layers.length < 2 ? (
          <p class="muted">{say.pathNothingBefore}</p>
        ) : (
          <>
            <p class="small muted pathlead">
              {before}
              <strong>{frame.graph?.names.get(frame.target ?? "")}</strong>
              {after} {say.showStudentPath}
            </p>
            <ol class="pathlayers">
              {layers.map((layer, index) => (
                <li key={index}>
                  <span class="num plain">{index + 1}</span>
                  <ul class="people">
                    {layer.map((id) => (
                      <li key={id}>
                        <button type="button" class="person" onClick={() => show(id)}>
                          <ConceptTile id={id} marks={marks} />
                          {frame.graph?.names.get(id)}
                        </button>
                      </li>
                    ))}
                  </ul>
                </li>
              ))}
            </ol>
          </>
        )
      }
    </Frame>
  );
}
