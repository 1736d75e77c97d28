/** Whether the levels may be believed, and what they rest on. What a role may not read is said in a sentence. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useCardQuery } from "../../api/use_query";
import { TrustHeadDocument, type TrustHeadQuery } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { ComparisonPart } from "./comparison_part";
import { HistoryCard, LastChangeCard } from "./history_cards";
import { InEffectCard } from "./in_effect_card";
import messages from "./messages";
import { rightsOf } from "./roles";
import { RunsCard } from "./runs_card";

export default function TrustPage({ group }: { group: string }): JSX.Element {
  const say = useMessages(messages);
  const query = useCardQuery(TrustHeadDocument, { group });
  return (
    <>
      <div class="pagehead">
        <div>
          <h1>{say.title}</h1>
          <p>{say.about}</p>
        </div>
      </div>
      <States query={query} what={say.title}>
        {(data) => <Parts group={group} data={data} />}
      </States>
    </>
  );
}

function Parts({ group, data }: { group: string; data: TrustHeadQuery }): JSX.Element {
  const say = useMessages(messages);
  const [changes, setChanges] = useState(0);
  const rights = rightsOf(data.me.role);
  if (!rights.sets) return <p class="note">{say.notForRole}</p>;
  if (data.group === null) return <p class="note">{say.noClass}</p>;
  const changed = () => setChanges((count) => count + 1);
  const lastChange = <LastChangeCard changes={changes} rights={rights} />;
  return (
    <div class="stack">
      {rights.comparison ? (
        <ComparisonPart group={group} changes={changes}>
          {lastChange}
        </ComparisonPart>
      ) : (
        <>
          <p class="note">{say.comparisonNotForRole}</p>
          {lastChange}
        </>
      )}
      <InEffectCard group={group} changes={changes} />
      <HistoryCard changes={changes} />
      {rights.runs ? <RunsCard rights={rights} changes={changes} changed={changed} /> : <p class="note">{say.runsNotForRole}</p>}
    </div>
  );
}
