/** The prerequisite graph of a class: what comes before what, in layers. */
export interface Concept {
  id: string;
  name: string;
  prerequisiteIds: readonly string[];
}

export interface Link {
  from: string;
  to: string;
  /** A longer way leads there too. */
  implied: boolean;
}

export interface ConceptGraph {
  ids: readonly string[];
  names: ReadonlyMap<string, string>;
  links: readonly Link[];
  /** Direct prerequisites. */
  before: ReadonlyMap<string, readonly string[]>;
  /** What a concept is a direct prerequisite of. */
  after: ReadonlyMap<string, readonly string[]>;
  /** Concepts by the number of links on the longest way to them. */
  layers: readonly (readonly string[])[];
}

type Neighbours = ReadonlyMap<string, readonly string[]>;

/** `scope` are the concepts of the map; `redundant` are the links that the service reports as following from others. */
export function graphOf(
  concepts: readonly Concept[],
  scope: ReadonlySet<string>,
  redundant: readonly { prerequisiteId: string; conceptId: string }[],
): ConceptGraph {
  const inside = concepts.filter(({ id }) => scope.has(id));
  const known = new Set(inside.map(({ id }) => id));
  const before = new Map(inside.map(({ id, prerequisiteIds }) => [id, prerequisiteIds.filter((one) => known.has(one))]));
  const after = new Map<string, string[]>(inside.map(({ id }) => [id, []]));
  for (const [id, prerequisites] of before) for (const one of prerequisites) after.get(one)!.push(id);
  const reported = new Set(redundant.map(({ prerequisiteId, conceptId }) => JSON.stringify([prerequisiteId, conceptId])));
  const links = [...before].flatMap(([to, prerequisites]) =>
    prerequisites.map((from) => ({
      from,
      to,
      // The longer way may lead through concepts that are not on this map.
      implied: reported.has(JSON.stringify([from, to])) && prerequisites.some((one) => one !== from && reach(one, before).has(from)),
    })),
  );
  const ids = inside.map(({ id }) => id);
  const names = new Map(inside.map(({ id, name }) => [id, name]));
  return { ids, names, links, before, after, layers: layersOf(ids, before, after) };
}

/** All that is reached from a concept over one or more links. */
export function reach(id: string, neighbours: Neighbours): Set<string> {
  const reached = new Set<string>();
  const open = [id];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const one of neighbours.get(next) ?? []) {
      if (reached.has(one)) continue;
      reached.add(one);
      open.push(one);
    }
  }
  return reached;
}

/** Layer 0 has no prerequisites; every other concept is one layer after the last of its prerequisites. */
export function layersOf(ids: readonly string[], before: Neighbours, after: Neighbours): string[][] {
  const missing = new Map(ids.map((id) => [id, before.get(id)?.length ?? 0]));
  const layers: string[][] = [];
  let layer = ids.filter((id) => missing.get(id) === 0);
  while (layer.length > 0) {
    layers.push(layer);
    const next: string[] = [];
    for (const id of layer) {
      for (const one of after.get(id) ?? []) {
        const left = missing.get(one)! - 1;
        missing.set(one, left);
        if (left === 0) next.push(one);
      }
    }
    layer = next;
  }
  return layers;
}

export function linkKey(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

/** A shortest way over drawn links, as the keys of its links; empty if there is none. */
export function route(from: string, to: ReadonlySet<string>, drawn: Neighbours): string[] {
  const came = new Map<string, string | null>([[from, null]]);
  const open = [from];
  for (const next of open) {
    if (next !== from && to.has(next)) {
      const keys: string[] = [];
      for (let at = next, back = came.get(at); back !== null && back !== undefined; at = back, back = came.get(at)) keys.push(linkKey(back, at));
      return keys;
    }
    for (const one of drawn.get(next) ?? []) {
      if (came.has(one)) continue;
      came.set(one, next);
      open.push(one);
    }
  }
  return [];
}

export function drawnAfter({ links, ids }: ConceptGraph): Map<string, string[]> {
  const drawn = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const { from, to, implied } of links) if (!implied) drawn.get(from)!.push(to);
  return drawn;
}

/** Links of a path: those between its concepts, and where a mastered concept was left out, the way through it. */
export function pathLinks(path: readonly string[], graph: ConceptGraph): Set<string> {
  const members = new Set(path);
  const drawn = drawnAfter(graph);
  const keys = new Set<string>();
  for (const id of path) {
    const direct = (drawn.get(id) ?? []).filter((one) => members.has(one));
    for (const one of direct) keys.add(linkKey(id, one));
    if (direct.length === 0) for (const key of route(id, members, drawn)) keys.add(key);
  }
  return keys;
}

/** The concepts before a target and the target, by layers that count from 0 among them. */
export function prerequisiteLayers(target: string, { before, after, ids }: ConceptGraph): string[][] {
  const members = reach(target, before).add(target);
  const inside = ids.filter((id) => members.has(id));
  const only = (neighbours: Neighbours) => new Map(inside.map((id) => [id, (neighbours.get(id) ?? []).filter((one) => members.has(one))]));
  return layersOf(inside, only(before), only(after));
}
