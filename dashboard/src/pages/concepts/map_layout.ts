/** Where the concepts of a map stand: in layers from left to right by dagre, those without links in rows below. */
import dagre from "@dagrejs/dagre";
import { curveBasis, line } from "d3-shape";
import { linkKey } from "./concept_graph";

export const WIDTH = 152;
export const HEIGHT = 54;
const GAP = 12;
const BETWEEN_LAYERS = 44;
const MARGIN = 14;

export interface Structure {
  ids: readonly string[];
  links: readonly { from: string; to: string; implied: boolean }[];
}

/** The middle of a concept's box. */
export interface Place {
  x: number;
  y: number;
}

export interface Layout {
  width: number;
  height: number;
  places: Record<string, Place>;
  /** The line of each link, as SVG path data. */
  lines: Record<string, string>;
}

const curve = line<Place>()
  .x(({ x }) => Math.round(x))
  .y(({ y }) => Math.round(y))
  .curve(curveBasis);

export function layOut({ ids, links }: Structure): Layout {
  const drawn = links.filter(({ implied }) => !implied);
  const linked = new Set(drawn.flatMap(({ from, to }) => [from, to]));
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: GAP, edgesep: 8, ranksep: BETWEEN_LAYERS, marginx: MARGIN, marginy: MARGIN });
  for (const id of ids) if (linked.has(id)) graph.setNode(id, { width: WIDTH, height: HEIGHT });
  for (const { from, to } of drawn) graph.setEdge(from, to, {});
  if (linked.size > 0) dagre.layout(graph);
  const places: Record<string, Place> = {};
  for (const id of graph.nodes()) {
    const { x, y } = graph.node(id) as Place;
    places[id] = { x: Math.round(x), y: Math.round(y) };
  }
  const size = linked.size > 0 ? (graph.graph() as { width: number; height: number }) : { width: 0, height: 0 };
  const { width, height } = placeBelow(ids.filter((id) => !linked.has(id)), size, places);
  const lines: Record<string, string> = {};
  for (const { from, to, implied } of links) {
    const points = implied ? undefined : (graph.edge(from, to) as { points: Place[] }).points;
    lines[linkKey(from, to)] = points === undefined ? bow(places[from]!, places[to]!) : curve(points)!;
  }
  return { width, height, places, lines };
}

/** Rows of concepts without links, as wide as the drawing above, or about square. */
function placeBelow(ids: readonly string[], { width, height }: { width: number; height: number }, places: Record<string, Place>): { width: number; height: number } {
  if (ids.length === 0) return { width, height };
  const step = WIDTH + GAP;
  const columns = Math.max(1, Math.floor((width - 2 * MARGIN + GAP) / step), Math.min(ids.length, Math.ceil(Math.sqrt(ids.length / 2))));
  const top = height === 0 ? MARGIN : height - MARGIN + BETWEEN_LAYERS;
  ids.forEach((id, index) => {
    const x = MARGIN + WIDTH / 2 + (index % columns) * step;
    places[id] = { x, y: top + HEIGHT / 2 + Math.floor(index / columns) * (HEIGHT + GAP) };
  });
  const rows = Math.ceil(ids.length / columns);
  const used = Math.min(columns, ids.length);
  return { width: Math.max(width, 2 * MARGIN + used * step - GAP), height: top + rows * (HEIGHT + GAP) - GAP + MARGIN };
}

/** A link that has no room of its own in the layout. */
function bow(from: Place, to: Place): string {
  const start = from.x + WIDTH / 2;
  const end = to.x - WIDTH / 2;
  const middle = Math.round((start + end) / 2);
  return `M${start},${from.y}C${middle},${from.y} ${middle},${to.y} ${end},${to.y}`;
}
