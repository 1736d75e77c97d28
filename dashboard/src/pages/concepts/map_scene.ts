/** What a map looks like, as strokes and boxes in its own units; drawn by `map_drawing.ts`. */
import { levelPercent } from "../../i18n/format";
import { linkKey, type ConceptGraph } from "./concept_graph";
import { HEIGHT, WIDTH, type Layout } from "./map_places";
import { levelStep, type Marks } from "./marks";
import { NAME_SIZE, SMALL_SIZE } from "./measure_text";
import { CLUSTER_COLOURS, type Palette } from "./palette";
import { wrapText } from "./wrap_text";

export interface Stroke {
  /** SVG path data of all lines that look alike. */
  data: string;
  colour: string;
  width: number;
  alpha: number;
  dash?: readonly [number, number];
  /** Round joins. */
  round?: boolean;
}

export interface Box {
  id: string;
  left: number;
  top: number;
  name: string;
  lines: readonly string[];
  /** The size of the letters of `lines`. */
  size: number;
  number: string;
  step: 1 | 2 | 3 | 4 | 5 | null;
  thin: boolean;
  dim: boolean;
  cause: number | null;
  stepNumber: number | null;
  cluster: number | null;
}

export interface Scene {
  tints: readonly Stroke[];
  links: readonly Stroke[];
  boxes: readonly Box[];
}

export interface SceneOptions {
  /** Draw the links that follow from others. */
  implied: boolean;
  /** What is lit; the rest is dimmed. Null: nothing is dimmed. */
  lit: ReadonlySet<string> | null;
  palette: Palette;
  measure: (text: string) => number;
}

const NAME_WIDTH = 110;
const TINT = 26;

export function sceneOf(graph: ConceptGraph, layout: Layout, marks: Marks, options: SceneOptions): Scene {
  return {
    tints: tintsOf(graph, layout, marks, options.palette),
    links: linksOf(graph, layout, marks, options),
    boxes: graph.ids.flatMap((id) => {
      const place = layout.places[id];
      return place === undefined ? [] : [boxOf(id, place.x - WIDTH / 2, place.y - HEIGHT / 2, graph, marks, options)];
    }),
  };
}

function boxOf(id: string, left: number, top: number, { names }: ConceptGraph, marks: Marks, { lit, measure }: SceneOptions): Box {
  const name = names.get(id) ?? id;
  const shown = marks.levels.get(id);
  return {
    id,
    left,
    top,
    name,
    ...linesOf(name, measure),
    number: shown === undefined ? "·" : String(levelPercent(shown.level)),
    step: levelStep(id, marks),
    thin: shown?.thin ?? false,
    dim: lit !== null && !lit.has(id),
    cause: marks.causes.get(id) ?? null,
    stepNumber: marks.steps.get(id) ?? null,
    cluster: marks.clusters.get(id) ?? null,
  };
}

/** Smaller letters for a name that would be cut. */
function linesOf(name: string, measure: (text: string) => number): Pick<Box, "lines" | "size"> {
  const lines = wrapText(name, NAME_WIDTH, measure);
  if (!lines.some((line) => line.endsWith("…"))) return { lines, size: NAME_SIZE };
  return { lines: wrapText(name, (NAME_WIDTH * NAME_SIZE) / SMALL_SIZE, measure), size: SMALL_SIZE };
}

type Kind = "plain" | "implied" | "dim" | "lit" | "path" | "cause";

function linksOf(graph: ConceptGraph, layout: Layout, marks: Marks, { implied: showImplied, lit, palette }: SceneOptions): Stroke[] {
  const data: Record<Kind, string[]> = { dim: [], plain: [], implied: [], lit: [], cause: [], path: [] };
  for (const { from, to, implied } of graph.links) {
    const key = linkKey(from, to);
    const line = layout.lines[key];
    if (line === undefined || (implied && !showImplied)) continue;
    const isLit = lit !== null && lit.has(from) && lit.has(to);
    if (lit !== null && !isLit) data.dim.push(line);
    else if (implied) data.implied.push(line);
    else if (!marks.stepLinks.has(key) && !marks.causeLinks.has(key)) data[isLit ? "lit" : "plain"].push(line);
    if (lit === null || isLit) {
      if (marks.stepLinks.has(key)) data.path.push(line);
      if (marks.causeLinks.has(key)) data.cause.push(line);
    }
  }
  const looks: Record<Kind, Omit<Stroke, "data">> = {
    dim: { colour: palette.edge, width: 1.1, alpha: 0.12 },
    plain: { colour: palette.link, width: 1.2, alpha: 1 },
    implied: { colour: palette.edge, width: 1.2, alpha: 0.8, dash: [2, 4] },
    lit: { colour: palette.ink2, width: 1.8, alpha: 1 },
    path: { colour: palette.accent, width: 2.6, alpha: 1 },
    cause: { colour: palette.causeLine, width: 2.2, alpha: 1, dash: [6, 4] },
  };
  return (Object.keys(data) as Kind[]).filter((kind) => data[kind].length > 0).map((kind) => ({ ...looks[kind], data: data[kind].join("") }));
}

/** The background of the concepts of a cluster, and of the links between them. */
function tintsOf(graph: ConceptGraph, layout: Layout, { clusters }: Marks, palette: Palette): Stroke[] {
  const data = new Map<number, string[]>();
  const add = (cluster: number, line: string) => data.set(cluster, [...(data.get(cluster) ?? []), line]);
  for (const [id, cluster] of clusters) {
    const place = layout.places[id];
    if (place === undefined) continue;
    const [left, top, right, bottom] = [place.x - WIDTH / 2, place.y - HEIGHT / 2, place.x + WIDTH / 2, place.y + HEIGHT / 2];
    add(cluster, `M${left},${top}H${right}V${bottom}H${left}Z`);
  }
  for (const { from, to, implied } of graph.links) {
    const cluster = clusters.get(from);
    const line = layout.lines[linkKey(from, to)];
    if (!implied && cluster !== undefined && clusters.get(to) === cluster && line !== undefined) add(cluster, line);
  }
  return [...data].map(([cluster, lines]) => ({ data: lines.join(""), colour: palette.clusters[cluster % CLUSTER_COLOURS]!, width: TINT, alpha: 1, round: true }));
}
