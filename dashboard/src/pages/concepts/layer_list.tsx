/** The map as a list by layers: for phones, for print, and by choice. It says all that the map shows. */
import type { JSX } from "preact";
import { formatList } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { ConceptTile } from "./concept_details";
import type { ConceptGraph } from "./concept_graph";
import { clusterLetter, type Marks } from "./marks";
import messages from "./messages";

interface LayerListProps {
  graph: ConceptGraph;
  marks: Marks;
  implied: boolean;
  found: ReadonlySet<string> | null;
  /** The steps are those of a student's path, not layers of a class's. */
  ofStudent: boolean;
  /** The list is shown on wide screens too. */
  chosen: boolean;
  openId: string | null;
  describe: (id: string) => string;
  open: (id: string, anchor: Element) => void;
}

export function LayerList(props: LayerListProps): JSX.Element {
  const { graph, marks, found, chosen } = props;
  const say = useMessages(messages);
  const linked = new Set(graph.links.flatMap(({ from, to }) => [from, to]));
  const level = (id: string) => marks.levels.get(id)?.level ?? 2;
  const shown = (ids: readonly string[]) => ids.filter((id) => found?.has(id) ?? true).toSorted((a, b) => level(a) - level(b));
  const sections = graph.layers.map((ids, index) => ({
    title: index === 0 ? say.firstLayer : say.layer(index + 1),
    ids: shown(ids.filter((id) => linked.has(id))),
  }));
  sections.push({ title: say.noLinks, ids: shown(graph.ids.filter((id) => !linked.has(id))) });
  return (
    <div class={`layerlist${chosen ? "" : " only-phone"}`}>
      {found?.size === 0 && <p class="muted">{say.nothingFound}</p>}
      {sections
        .filter(({ ids }) => ids.length > 0)
        .map(({ title, ids }) => (
          <section key={title}>
            <h3>{title}</h3>
            <ol>
              {ids.map((id) => (
                <Row key={id} id={id} {...props} />
              ))}
            </ol>
          </section>
        ))}
    </div>
  );
}

function Row({ id, graph, marks, implied, ofStudent, openId, describe, open }: LayerListProps & { id: string }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const [cause, step, cluster] = [marks.causes.get(id), marks.steps.get(id), marks.clusters.get(id)];
  const before = graph.links.filter((link) => link.to === id && (implied || !link.implied)).map(({ from }) => graph.names.get(from) ?? from);
  return (
    <li>
      <ConceptTile id={id} marks={marks} />
      <div>
        <button
          type="button"
          class="conceptname"
          data-concept={id}
          aria-label={describe(id)}
          aria-haspopup="dialog"
          aria-expanded={openId === id}
          onClick={({ currentTarget }) => open(id, currentTarget)}
        >
          {graph.names.get(id)}
        </button>{" "}
        {cause !== undefined && <span class="badge warn">{say.causeBadge(cause)}</span>}{" "}
        {step !== undefined && <span class="badge path">{ofStudent ? say.stepBadge(step) : say.layerBadge(step)}</span>}{" "}
        {cluster !== undefined && <span class="badge">{say.clusterBadge(clusterLetter(cluster))}</span>}
        {before.length > 0 && <small class="faint">{say.after(formatList(before, language))}</small>}
      </div>
    </li>
  );
}
