/** Where an arrow key leads from a concept of the map. */
import type { ConceptGraph } from "./concept_graph";
import type { Place } from "./map_places";

export type Move = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End";
export const MOVES: readonly string[] = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"] satisfies Move[];

/** Boxes whose middles are this near from left to right stand in one layer. */
const SAME_LAYER = 40;

/** Left and right follow links to the nearest neighbour, or else the next layer; up and down, Home and End stay in the layer. */
export function nextConcept(id: string, move: Move, graph: ConceptGraph, places: Readonly<Record<string, Place>>): string {
  const from = places[id];
  if (from === undefined) return id;
  if (move === "ArrowLeft" || move === "ArrowRight") {
    const linked = (move === "ArrowRight" ? graph.after : graph.before).get(id) ?? [];
    const onSide = ([, { x }]: [string, Place]) => (move === "ArrowRight" ? x > from.x + SAME_LAYER : x < from.x - SAME_LAYER);
    const candidates = linked.length > 0 ? linked.map((one): [string, Place] => [one, places[one]!]) : Object.entries(places).filter(onSide);
    return nearest(candidates, from) ?? id;
  }
  const layer = Object.entries(places)
    .filter(([, { x }]) => Math.abs(x - from.x) <= SAME_LAYER)
    .sort(([, a], [, b]) => a.y - b.y)
    .map(([one]) => one);
  const at = layer.indexOf(id);
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: layer.length - 1 }[move];
  return layer[Math.max(0, Math.min(layer.length - 1, to))]!;
}

/** A step to the side counts more than one up or down, so that the next layer comes before the one after it. */
function nearest(candidates: readonly [string, Place][], from: Place): string | undefined {
  const distance = ({ x, y }: Place) => Math.abs(x - from.x) * 4 + Math.abs(y - from.y);
  return candidates.toSorted(([, a], [, b]) => distance(a) - distance(b))[0]?.[0];
}
