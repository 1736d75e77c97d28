/** A class: what to teach next, who needs a word, the week, and every level. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLive } from "../../api/use_live";
import { useCardQuery } from "../../api/use_query";
import { ClassHeadDocument, ClassNextDocument } from "../../generated/documents";
import { useMessages } from "../../i18n/language";
import { States } from "../../parts/card";
import { ClassHead } from "./class_head";
import { EmptyClass, NoClass } from "./empty_class";
import { HeatMapCard } from "./heat/heat_map_card";
import messages from "./messages";
import { NextCard } from "./next_card";
import { useOnly } from "./only_students";
import { WeekCard } from "./week_card";
import { WordsCard } from "./words_card";

const INTERVAL = 20_000;

export default function ClassPage({ group }: { group: string }): JSX.Element {
  const say = useMessages(messages);
  const head = useCardQuery(ClassHeadDocument, { group }, { refresh: INTERVAL });
  useLive({ groupId: group });
  if (head.data?.group === null && head.error === undefined) return <NoClass />;
  const isEmpty = head.data?.group?.size === 0 || head.data?.group?.distribution.defined === 0;
  return (
    <>
      <States query={head} what={say.className}>
        {(data) => data.group && <ClassHead group={data.group} choices={data.groups} />}
      </States>
      {isEmpty ? (
        <EmptyClass group={group} hasStudents={head.data?.group?.size !== 0} role={head.data!.me.role} refresh={head.retry} />
      ) : (
        <ClassCards key={group} group={group} distribution={head.data?.group?.distribution} />
      )}
    </>
  );
}

type Distribution = Parameters<typeof ClassHead>[0]["group"]["distribution"];

/** The cards at the side are read after the levels: in a large class they take the service seconds. */
function ClassCards({ group, distribution }: { group: string; distribution: Distribution | undefined }): JSX.Element {
  const next = useCardQuery(ClassNextDocument, { group }, { refresh: INTERVAL });
  const [hasLevels, setHasLevels] = useState(false);
  const { chosen, only, choose } = useOnly(group, next.data?.group?.rootCauses.causes ?? []);
  return (
    <div class="two">
      <div class="stack">
        <NextCard group={group} query={next} distribution={distribution} chosen={chosen} choose={choose} />
        <HeatMapCard group={group} only={only} clearOnly={() => choose(null)} onRead={() => setHasLevels(true)} />
      </div>
      <div class="stack">
        <WordsCard group={group} pause={!hasLevels} />
        <WeekCard group={group} pause={!hasLevels} />
      </div>
    </div>
  );
}
