/** Where the concepts of a map stand: in layers from left to right by dagre, those without links in rows below. */
import dagre from "@dagrejs/dagre";
import { compact, type Item } from "./compact";
import { linkKey } from "./concept_graph";
import { HEIGHT, WIDTH, type Layout, type Place, type Structure } from "./map_places";

const GAP = 12;
const BETWEEN_LAYERS = 48;
const MARGIN = 14;
/** The room of a link that crosses a layer. */
const CROSSING = 2;

export function layOut({ ids, links }: Structure): Layout {
  const drawn = links.filter(({ implied }) => !implied);
  const linked = new Set(drawn.flatMap(({ from, to }) => [from, to]));
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "LR", nodesep: GAP, edgesep: 5, ranksep: BETWEEN_LAYERS, marginx: MARGIN, marginy: MARGIN });
  for (const id of ids) if (linked.has(id)) graph.setNode(id, { width: WIDTH, height: HEIGHT });
  for (const { from, to } of drawn) graph.setEdge(from, to, {});
  if (linked.size > 0) dagre.layout(graph);
  const { places, passed, ...size } = arrange(graph, drawn);
  const { width, height } = placeBelow(ids.filter((id) => !linked.has(id)), size, places);
  const lines: Record<string, string> = {};
  const ports = portsOf(drawn, places);
  for (const { from, to } of links) {
    const key = linkKey(from, to);
    lines[key] = lineOf(places[from]!, places[to]!, passed.get(key) ?? [], ports.get(key) ?? { start: 0, end: 0 });
  }
  return { width, height, places, lines };
}

interface Arranged {
  width: number;
  height: number;
  places: Record<string, Place>;
  /** Where each link crosses the layers between its ends. */
  passed: Map<string, Place[]>;
}

/** Dagre's layers and the order in them, with the heights of `compact`. */
function arrange(graph: InstanceType<typeof dagre.graphlib.Graph>, drawn: readonly { from: string; to: string }[]): Arranged {
  const boxes = new Map(graph.nodes().map((id) => [id, { ...(graph.node(id) as Place), half: HEIGHT / 2, linked: [] } as Place & Item]));
  const columns = new Map<number, Item[]>();
  for (const box of boxes.values()) columns.set(box.x, [...(columns.get(box.x) ?? []), box]);
  const crossings = new Map<string, (Place & Item)[]>();
  for (const { from, to } of drawn) {
    const points = (graph.edge(from, to) as { points: Place[] }).points.slice(1, -1);
    const crossing = points.filter(({ x }) => columns.has(x)).map(({ x, y }): Place & Item => ({ x, y, half: CROSSING / 2, linked: [] }));
    for (const point of crossing) columns.get(point.x)!.push(point);
    [boxes.get(from)!, ...crossing, boxes.get(to)!].reduce((before, after) => {
      before.linked.push(after);
      after.linked.push(before);
      return after;
    });
    crossings.set(linkKey(from, to), crossing);
  }
  compact([...columns].toSorted(([a], [b]) => a - b).map(([, column]) => column), GAP);
  const all = [...columns.values()].flat();
  const top = Math.min(...all.map(({ y, half }) => y - half), Infinity) - MARGIN;
  const place = ({ x, y }: Place): Place => ({ x: Math.round(x), y: Math.round(y - top) });
  return {
    width: all.length === 0 ? 0 : Math.round(Math.max(...[...columns.keys()]) + WIDTH / 2 + MARGIN),
    height: all.length === 0 ? 0 : Math.round(Math.max(...all.map(({ y, half }) => y + half)) - top + MARGIN),
    places: Object.fromEntries([...boxes].map(([id, box]) => [id, place(box)])),
    passed: new Map([...crossings].map(([key, crossing]) => [key, crossing.map(place)])),
  };
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

interface Ports {
  start: number;
  end: number;
}

const PORT_GAP = 7;

/** Links of one box start and end beside each other, in the order of where they lead. */
function portsOf(links: readonly { from: string; to: string }[], places: Readonly<Record<string, Place>>): Map<string, Ports> {
  const ports = new Map(links.map(({ from, to }) => [linkKey(from, to), { start: 0, end: 0 }]));
  const spread = (side: "start" | "end", own: "from" | "to", other: "from" | "to") => {
    const groups = new Map<string, { from: string; to: string }[]>();
    for (const link of links) groups.set(link[own], [...(groups.get(link[own]) ?? []), link]);
    for (const group of groups.values()) {
      const gap = Math.min(PORT_GAP, (HEIGHT - 14) / Math.max(1, group.length - 1));
      group.toSorted((a, b) => places[a[other]]!.y - places[b[other]]!.y).forEach(({ from, to }, index) => {
        ports.get(linkKey(from, to))![side] = Math.round((index - (group.length - 1) / 2) * gap);
      });
    }
  };
  spread("start", "from", "to");
  spread("end", "to", "from");
  return ports;
}

/** From the right side of a box to the left side of another. Layers between them are crossed straight, where the layout left room; the line bends between layers only. */
function lineOf(from: Place, to: Place, passed: readonly Place[], { start, end }: Ports): string {
  let [x, y] = [from.x + WIDTH / 2, from.y + start];
  let path = `M${x},${y}`;
  const bend = (nextX: number, nextY: number) => {
    const middle = Math.round((x + nextX) / 2);
    path += `C${middle},${y} ${middle},${nextY} ${nextX},${nextY}`;
    [x, y] = [nextX, nextY];
  };
  for (const point of passed) {
    const level = Math.round(point.y);
    bend(Math.round(point.x) - WIDTH / 2, level);
    x += WIDTH;
    path += `H${x}`;
  }
  bend(to.x - WIDTH / 2, to.y + end);
  return path;
}
