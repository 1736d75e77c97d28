/** The map or the list, with legend, choices and downloads. */
import type { JSX } from "preact";
import { useMessages } from "../../i18n/language";
import type { Thresholds } from "../../parts/level";
import { ConceptMap, type ShowRequest } from "./concept_map";
import type { ConceptGraph } from "./concept_graph";
import { LayerList } from "./layer_list";
import { saveMapCsv, saveMapPng, saveMapSvg } from "./map_files";
import { ClusterLegend, MapLegend, type NamedCluster } from "./map_legend";
import type { Marks } from "./marks";
import messages from "./messages";
import { useLayout } from "./use_layout";
import type { SetViewState, ViewState } from "./use_view_state";

interface MapViewProps {
  graph: ConceptGraph;
  marks: Marks;
  thresholds: Thresholds;
  mixed: boolean;
  state: ViewState;
  setState: SetViewState;
  clusters: readonly NamedCluster[] | null;
  found: ReadonlySet<string> | null;
  request: ShowRequest | null;
  openId: string | null;
  describe: (id: string) => string;
  open: (id: string, anchor: Element) => void;
  find: () => void;
  /** Whose map this is, for the title of files. */
  title: string;
}

export function MapView(props: MapViewProps): JSX.Element {
  const { graph, marks, thresholds, mixed, state, setState, clusters, found, request, openId, describe, open, find, title } = props;
  const say = useMessages(messages);
  const { layout, failed } = useLayout(graph);
  const implied = graph.links.filter((link) => link.implied).length;
  const list = state.list || failed;
  const contents = layout === null ? null : { graph, layout, marks, implied: state.implied, title };
  return (
    <>
      <div class="bar mapbar">
        <MapLegend thresholds={thresholds} mixed={mixed} ofStudent={state.student !== null} hasCauses={marks.causes.size > 0} hasPath={marks.steps.size > 0} />
        <div class="row">
          <button type="button" class="chip" aria-pressed={state.clusters} title={say.clustersTip} onClick={() => setState({ clusters: state.clusters ? null : "1" })}>
            {say.clusters}
          </button>
          {implied > 0 && (
            <button type="button" class="chip" aria-pressed={state.implied} onClick={() => setState({ links: state.implied ? null : "all" })}>
              {say.implied(implied)}
            </button>
          )}
          <span class="row" role="group" aria-label={say.downloads}>
            <button type="button" class="chip" onClick={() => saveMapCsv(say.fileName, { graph, marks }, say)}>
              ↓ {say.downloadCsv}
            </button>
            {contents !== null && (
              <>
                <button type="button" class="chip" onClick={() => saveMapSvg(say.fileName, contents)}>
                  ↓ {say.downloadSvg}
                </button>
                <button type="button" class="chip" onClick={() => saveMapPng(say.fileName, contents)}>
                  ↓ {say.downloadPng}
                </button>
              </>
            )}
          </span>
        </div>
        {state.clusters && clusters !== null && <ClusterLegend clusters={clusters} />}
      </div>
      {failed && <p class="note warn">{say.layoutFailed}</p>}
      {!list && (
        <div class="only-wide mapscreen">
          {layout === null ? (
            <p class="maploading muted" role="status">
              {say.layingOut}
            </p>
          ) : (
            <ConceptMap {...{ graph, layout, marks, found, request, openId, describe, open, find }} implied={state.implied} />
          )}
        </div>
      )}
      <LayerList {...{ graph, marks, found, openId, describe, open }} implied={state.implied} ofStudent={state.student !== null} chosen={list} />
    </>
  );
}
