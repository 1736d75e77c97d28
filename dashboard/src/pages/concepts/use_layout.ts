/** The layout of a graph, made once for its structure: a change of levels never moves a concept. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { ConceptGraph } from "./concept_graph";
import type { Layout, Structure } from "./map_places";

const made = new Map<string, Layout>();

export type LayoutState = { layout: Layout; failed: false } | { layout: null; failed: boolean };

export function useLayout(graph: ConceptGraph): LayoutState {
  const structure = useMemo((): Structure => ({ ids: graph.ids, links: graph.links }), [graph]);
  const key = useMemo(() => JSON.stringify(structure), [structure]);
  const [, update] = useState(0);
  const [failedKey, fail] = useState<string | null>(null);
  useEffect(() => {
    if (made.has(key)) return;
    const worker = new Worker(new URL("./layout_worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<Layout>) => {
      made.set(key, data);
      update((count) => count + 1);
      worker.terminate();
    });
    worker.addEventListener("error", () => fail(key));
    worker.postMessage(structure);
    return () => worker.terminate();
  }, [key]);
  const layout = made.get(key);
  return layout === undefined ? { layout: null, failed: failedKey === key } : { layout, failed: false };
}
