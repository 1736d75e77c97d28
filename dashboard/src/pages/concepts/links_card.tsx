/** Whether the answers support the links: suggestions, and the evidence for each link. Read only when a user opens it. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useCardQuery } from "../../api/use_query";
import { ConceptsLinksDocument, type ConceptsLinksQuery } from "../../generated/documents";
import { formatNumber } from "../../i18n/format";
import { localeOf, useLanguage, useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import { ratio, shownLinks, side } from "./link_figures";
import messages from "./links_messages";

/** Suggestions in sight at once. */
const FIRST = 5;

type Health = ConceptsLinksQuery["graphHealth"];

const LOOKS: Record<string, string> = {
  CONTRADICTED: "bad",
  CONTRADICTED_LINK: "bad",
  UNSUPPORTED: "warn",
  UNSUPPORTED_LINK: "warn",
  SUPPORTED: "ok",
};
const CLOSED = { data: {}, loading: false, error: undefined, asOf: undefined, retry: () => undefined };

export function LinksCard(): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const [open, setOpen] = useState(false);
  const query = useCardQuery(ConceptsLinksDocument, { locale: localeOf(language) }, { pause: !open });
  if (open) {
    return (
      <Card title={say.title} query={query}>
        {({ graphHealth }) => <Links health={graphHealth} />}
      </Card>
    );
  }
  return (
    <Card title={say.title} query={CLOSED}>
      {() => (
        <p class="muted">
          {say.hint}{" "}
          <button type="button" class="btn" onClick={() => setOpen(true)}>
            {say.check}
          </button>
        </p>
      )}
    </Card>
  );
}

function Links({ health }: { health: Health }): JSX.Element {
  const say = useMessages(messages);
  const { nodes, totalCount } = health.suggestions;
  return (
    <>
      <h3>{say.suggestions}</h3>
      {nodes.length === 0 && <p class="muted">{say.noSuggestions}</p>}
      <Suggestions nodes={nodes.slice(0, FIRST)} />
      {nodes.length > FIRST && (
        <details class="how">
          <summary>{say.others(nodes.length - FIRST)}</summary>
          <Suggestions nodes={nodes.slice(FIRST)} />
        </details>
      )}
      {totalCount > nodes.length && <p class="small faint">{say.more(totalCount - nodes.length)}</p>}
      <Evidence health={health} />
    </>
  );
}

function Suggestions({ nodes }: { nodes: Health["suggestions"]["nodes"] }): JSX.Element {
  const say = useMessages(messages);
  return (
    <ul class="suggestions">
      {nodes.map(({ kind, message, action, evidence }) => (
        <li key={`${evidence.prerequisiteId} ${evidence.conceptId} ${kind}`}>
          <p>
            <span class={`badge ${LOOKS[kind] ?? ""}`}>{say.kinds[kind]}</span> {message}
          </p>
          <p class="small muted">{action}</p>
        </li>
      ))}
    </ul>
  );
}

function Evidence({ health }: { health: Health }): JSX.Element {
  const say = useMessages(messages);
  const language = useLanguage();
  const [all, setAll] = useState(false);
  const { nodes } = health.linkEvidence;
  const links = shownLinks(nodes, all);
  const undecided = nodes.length - shownLinks(nodes, false).length;
  return (
    <>
      <h3>{say.evidence}</h3>
      <p class="small muted">{say.baseline(formatNumber(health.unconnectedOddsRatio, language, 1))}</p>
      {links.length > 0 && (
        <div class="tablewrap links" tabIndex={0} role="region" aria-label={say.evidence}>
          <table class="table">
            <thead>
              <tr>
                {[say.columns.link, say.columns.verdict, say.columns.without, say.columns.having, say.columns.ratio].map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {links.map((link) => (
                <tr key={`${link.prerequisiteId} ${link.conceptId}`}>
                  <th scope="row">{say.link(link.prerequisite?.name ?? link.prerequisiteId, link.concept?.name ?? link.conceptId)}</th>
                  <td>
                    <span class={`badge ${LOOKS[link.verdict] ?? ""}`}>{say.verdicts[link.verdict]}</span>
                  </td>
                  <td>{side(link.shareWithout, link.studentsWithout, say)}</td>
                  <td>{side(link.shareWith, link.studentsWith, say)}</td>
                  <td>{ratio(link, say, language) ?? ""}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {undecided > 0 && (
        <p class="small muted">
          {say.tooFew(undecided)}{" "}
          <button type="button" class="link" onClick={() => setAll(!all)}>
            {all ? say.showDecided : say.showAll}
          </button>
        </p>
      )}
    </>
  );
}
