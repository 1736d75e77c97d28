/** The map of concepts: what comes before what, where the class or a student stands, and what holds them back. */
import type { JSX } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { useLive } from "../../api/use_live";
import { useCardQuery } from "../../api/use_query";
import {
  ConceptsCausesDocument,
  ConceptsClustersDocument,
  ConceptsMapDocument,
  ConceptsMembersDocument,
  ConceptsPathDocument,
  ConceptsStudentClustersDocument,
  ConceptsStudentDocument,
} from "../../generated/documents";
import { formatList, levelPercent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import { Card } from "../../parts/card";
import parts from "../../parts/messages";
import { ClassCauses, StudentCauses } from "./causes_card";
import { ConceptDetails } from "./concept_details";
import { graphOf } from "./concept_graph";
import type { ShowRequest } from "./concept_map";
import { LinksCard } from "./links_card";
import { clusterLetter } from "./marks";
import { MapView } from "./map_view";
import messages from "./messages";
import { PageHead } from "./page_head";
import { ClassPath, StudentPath } from "./path_card";
import { useConcepts } from "./use_concepts";
import { useFreshLevels } from "./use_fresh_levels";
import { useMarks } from "./use_marks";
import { useViewState } from "./use_view_state";

const NO_CAUSES: never[] = [];
/** What one page of the API holds. */
const MOST_LEVELS = 500;

export default function ConceptsPage({ group: groupId }: { group: string }): JSX.Element {
  const say = useMessages(messages);
  const { thin: thinWord } = useMessages(parts);
  const language = useLanguage();
  const [state, setState] = useViewState();
  const { student: studentId, target } = state;
  const ofStudent = studentId !== null;
  const mapQuery = useCardQuery(ConceptsMapDocument, { group: groupId });
  const causesQuery = useCardQuery(ConceptsCausesDocument, { group: groupId }, { pause: ofStudent });
  const studentQuery = useCardQuery(ConceptsStudentDocument, { student: studentId ?? "" }, { pause: !ofStudent, refresh: 10_000 });
  const pathQuery = useCardQuery(ConceptsPathDocument, { student: studentId ?? "", target: target ?? "" }, { pause: !ofStudent || target === null, refresh: 10_000 });
  const classClusters = useCardQuery(ConceptsClustersDocument, { group: groupId }, { pause: !state.clusters || ofStudent, refresh: 10_000 });
  const studentClusters = useCardQuery(ConceptsStudentClustersDocument, { student: studentId ?? "" }, { pause: !state.clusters || !ofStudent, refresh: 10_000 });
  const membersQuery = useCardQuery(ConceptsMembersDocument, { group: groupId });
  useLive({ groupId });
  useFreshLevels(groupId);

  const group = mapQuery.data?.group ?? null;
  const concepts = useConcepts(mapQuery.data?.concepts);
  const graph = useMemo(() => {
    if (concepts === null || group === null) return null;
    const scope = new Set(group.distribution.thresholdGroups.flatMap(({ targetIds }) => targetIds));
    return graphOf(concepts, scope, mapQuery.data?.graphHealth.redundantLinks ?? []);
  }, [concepts, group, mapQuery.data?.graphHealth.redundantLinks]);
  const student = ofStudent && studentQuery.data?.student?.id === studentId ? studentQuery.data.student : null;
  const { marks, layers, clusters } = useMarks({
    graph,
    group,
    student,
    ofStudent,
    causes: (ofStudent ? student?.rootCauses.causes : causesQuery.data?.group?.rootCauses.causes) ?? NO_CAUSES,
    target,
    path: pathQuery.data?.student?.id === studentId ? pathQuery.data.student.learningPath : null,
    clusters: !state.clusters
      ? null
      : ((ofStudent ? studentClusters.data?.student?.weakClusters.clusters : classClusters.data?.group?.weakClusters.clusters) ?? null),
  });

  const [text, setText] = useState("");
  const [request, setRequest] = useState<ShowRequest | null>(null);
  const [details, setDetails] = useState<{ id: string; anchor: Element } | null>(null);
  const findField = useRef<HTMLInputElement>(null);
  const found = useMemo(() => matches(text, graph?.names), [text, graph]);
  const show = (id: string, focus = true) => {
    setRequest((last) => ({ id, focus, count: (last?.count ?? 0) + 1 }));
    const row = document.querySelector<HTMLElement>(`.layerlist [data-concept="${CSS.escape(id)}"]`);
    if (row === null || row.offsetParent === null) return;
    row.scrollIntoView({ block: "center" });
    if (focus) row.focus();
  };
  const find = (next: string) => {
    setText(next);
    const first = [...(matches(next, graph?.names) ?? [])][0];
    if (first !== undefined) setRequest((last) => ({ id: first, focus: false, count: (last?.count ?? 0) + 1 }));
  };
  const describe = (id: string): string => {
    const shown = marks.levels.get(id);
    const [cause, step, cluster] = [marks.causes.get(id), marks.steps.get(id), marks.clusters.get(id)];
    const level = shown && levelPercent(shown.level);
    const words = [
      level === undefined ? say.notStarted : ofStudent ? say.nodeStudent(level) : say.nodeClass(level, shown?.practised ?? 0),
      shown?.thin && thinWord,
      shown?.needFocus !== undefined && shown.needFocus !== null && shown.needFocus > 0 && say.nodeFocus(shown.needFocus),
      cause !== undefined && say.causeBadge(cause),
      step !== undefined && (ofStudent ? say.stepBadge(step) : say.layerBadge(step)),
      cluster !== undefined && say.clusterBadge(clusterLetter(cluster)),
    ];
    return `${graph?.names.get(id) ?? id}: ${words.filter((word) => typeof word === "string").join(", ")}`;
  };
  const members = membersQuery.data?.group?.members.nodes ?? [];
  const name = student?.name ?? members.find(({ id }) => id === studentId)?.name ?? studentId ?? "";
  const choose = (id: string | null) => setState({ target: id });
  const largest = group?.distribution.thresholdGroups.toSorted((a, b) => b.targetIds.length - a.targetIds.length)[0];
  const courses = group?.courses ?? [];
  const implied = graph?.links.filter((link) => link.implied).length ?? 0;

  return (
    <>
      <PageHead
        lead={`${say.lead(courses.length === 0 ? null : formatList(courses.map((course) => course.name), language))}, ${ofStudent ? say.byStudent(name) : say.byClass}`}
        groupName={group?.name ?? ""}
        members={members}
        student={studentId}
        studentName={name}
        chooseStudent={(id) => setState({ student: id })}
        text={text}
        find={find}
        enter={() => {
          const first = [...(found ?? [])][0];
          if (first !== undefined) show(first);
        }}
        count={found?.size ?? null}
        field={findField}
      />
      <div class="stack">
        <div class="grid2">
          {ofStudent ? <StudentCauses query={studentQuery} name={name} show={show} /> : <ClassCauses query={causesQuery} show={show} />}
          {ofStudent && target !== null ? (
            <StudentPath query={pathQuery} graph={graph} target={target} choose={choose} group={groupId} marks={marks} />
          ) : (
            <ClassPath query={mapQuery} graph={graph} target={target} choose={choose} marks={marks} layers={layers} show={show} />
          )}
        </div>
        <Card title={say.map} query={mapQuery} actions={<ViewChoice list={state.list} choose={(list) => setState({ view: list ? "list" : null })} />}>
          {() => {
            if (group === null) return <p class="muted">{say.noClass}</p>;
            if (graph === null || largest === undefined) return graph === null ? <p class="maploading muted">{say.layingOut}</p> : <p class="muted">{say.noConcepts}</p>;
            return (
              <MapView
                {...{ graph, marks, state, setState, clusters, found, request, describe }}
                thresholds={largest.thresholds}
                mixed={group.distribution.thresholdGroups.length > 1}
                openId={details?.id ?? null}
                open={(id, anchor) => setDetails({ id, anchor })}
                find={() => findField.current?.focus()}
                title={`${say.title}: ${ofStudent ? name : group.name}`}
              />
            );
          }}
        </Card>
        <LinksCard />
        {graph !== null && mapQuery.data !== undefined && (
          <p class="small faint">
            {say.footer(graph.ids.length, mapQuery.data.graphHealth.concepts, mapQuery.data.graphHealth.links)}{" "}
            {implied > 0 && !state.implied && say.footerImplied(implied)} {graph.ids.length > MOST_LEVELS && marks.levels.size >= MOST_LEVELS && say.limited}
          </p>
        )}
      </div>
      {details !== null && (
        <ConceptDetails
          key={details.id}
          {...details}
          group={groupId}
          name={graph?.names.get(details.id) ?? details.id}
          marks={marks}
          student={studentId === null ? null : { id: studentId, name }}
          isTarget={details.id === target}
          choose={choose}
          close={() => setDetails((open) => (open?.id === details.id ? null : open))}
        />
      )}
    </>
  );
}

/** The concepts whose name holds the text; null without a text. */
function matches(text: string, names: ReadonlyMap<string, string> | undefined): Set<string> | null {
  const wanted = text.trim().toLocaleLowerCase();
  if (wanted === "" || names === undefined) return null;
  return new Set([...names].filter(([, name]) => name.toLocaleLowerCase().includes(wanted)).map(([id]) => id));
}

function ViewChoice({ list, choose }: { list: boolean; choose: (list: boolean) => void }): JSX.Element {
  const say = useMessages(messages);
  return (
    <div class="seg only-wide" role="group" aria-label={say.showAs}>
      <button type="button" aria-pressed={!list} onClick={() => choose(false)}>
        {say.map}
      </button>
      <button type="button" aria-pressed={list} onClick={() => choose(true)}>
        {say.list}
      </button>
    </div>
  );
}
