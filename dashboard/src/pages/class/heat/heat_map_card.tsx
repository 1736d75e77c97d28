/** The heat map of a class: every student, every skill or concept. */
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { useCardQuery } from "../../../api/use_query";
import { ClassHeatConfidencesDocument, type ClassHeatMapQuery } from "../../../generated/documents";
import { useMessages } from "../../../i18n/language";
import { Card } from "../../../parts/card";
import { HeatActions } from "./heat_actions";
import { useHeatState } from "./heat_address";
import { HeatMap } from "./heat_map";
import { viewOf, type View } from "./heat_view";
import { matrixOf, withPatches, type Matrix } from "./matrix";
import messages from "./messages";
import { forgetPatches, useLivePatches, usePatches } from "./patches";
import { useFiles } from "./use_files";
import { useHeatMap } from "./use_heat_map";

interface HeatMapCardProps {
  group: string;
  /** Students whom another card has chosen, and why. */
  only: { label: string; studentIds: readonly string[] } | null;
  clearOnly: () => void;
  /** The levels have been read, or could not be. */
  onRead: () => void;
}

export interface Shown {
  heatmap: NonNullable<ClassHeatMapQuery["group"]>["heatmap"];
  /** With the changes since. */
  matrix: Matrix;
  view: View;
}

/** A change that arrives while a reply is under way may be missing in it. */
const UNDER_WAY = 5_000;

export function HeatMapCard({ group, only, clearOnly, onRead }: HeatMapCardProps): JSX.Element {
  const say = useMessages(messages);
  const [state, change] = useHeatState();
  const { kind, sort, status, own } = state;
  const query = useHeatMap(group, kind);
  const heatmap = query.data?.group?.heatmap ?? null;
  const { data: sure } = useCardQuery(ClassHeatConfidencesDocument, { group, kind }, { pause: heatmap === null });
  const confidences = sure?.group?.heatmap.confidences ?? null;
  useEffect(() => {
    if (!query.loading) onRead();
  }, [query.loading]);
  useLivePatches(kind);
  const patches = usePatches();
  useEffect(() => {
    if (query.asOf !== undefined) forgetPatches(query.asOf.getTime() - UNDER_WAY);
  }, [query.asOf]);

  const matrix = useMemo(() => heatmap && matrixOf(heatmap, confidences, own), [heatmap, confidences, own]);
  // The order is that of the reply: a live change does not move rows under the reader's eyes.
  const view = useMemo(
    () => matrix && viewOf(matrix, { sort, status, only: only?.studentIds ?? null }),
    [matrix, sort, status, only],
  );
  const later = useMemo(() => matrix && withPatches(matrix, patches), [matrix, patches]);
  const shown = heatmap && view && later ? { heatmap, view, matrix: later } : null;
  const files = useFiles(query.data?.group?.name ?? group, shown, state);
  return (
    <Card title={say.title[kind]} class="o4 heat-card" query={query} actions={<HeatActions kind={kind} onKind={(next) => change({ kind: next })} files={files} />}>
      {() =>
        shown === null ? (
          <p class="muted">{say.gone}</p>
        ) : (
          <HeatMap key={kind} group={group} shown={shown} patches={patches} state={state} change={change} only={only} clearOnly={clearOnly} />
        )
      }
    </Card>
  );
}
