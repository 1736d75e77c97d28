/** The map on a canvas. One button, the focus mark, stands on the current concept: it is the tab stop and what is read aloud. */
import type { JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useMessages } from "../../i18n/language";
import { reach, type ConceptGraph } from "./concept_graph";
import { MapTools } from "./map_tools";
import { MOVES, nextConcept, type Move } from "./map_keys";
import type { Layout } from "./map_places";
import { sceneOf } from "./map_scene";
import type { Marks } from "./marks";
import { textMeasure } from "./measure_text";
import messages from "./messages";
import { usePalette } from "./palette";
import { useCanvas } from "./use_canvas";
import { usePanZoom } from "./use_pan_zoom";
import { centreOn, hit, reveal, zoomAt } from "./viewport";

/** A concept to show, from outside of the map; `count` tells one wish from the next. */
export interface ShowRequest {
  id: string;
  count: number;
  /** Also move the focus there. */
  focus: boolean;
}

interface ConceptMapProps {
  graph: ConceptGraph;
  layout: Layout;
  marks: Marks;
  implied: boolean;
  /** What was found; null if nothing is searched. */
  found: ReadonlySet<string> | null;
  request: ShowRequest | null;
  openId: string | null;
  describe: (id: string) => string;
  open: (id: string, anchor: Element) => void;
  find: () => void;
}

const READABLE = 0.8;
const STEP = 1.3;

export function ConceptMap({ graph, layout, marks, implied, found, request, openId, describe, open, find }: ConceptMapProps): JSX.Element {
  const say = useMessages(messages);
  const palette = usePalette();
  const keysId = useId();
  const [current, setCurrent] = useState(() => startOf(graph, marks));
  const [hovered, setHovered] = useState<string | null>(null);
  const [focused, setFocused] = useState(false);
  const [help, showHelp] = useState(false);
  const wish = useRef<"focus" | "open" | null>(null);
  const measure = useMemo(() => textMeasure(palette.font), [palette.font]);
  const pointed = hovered ?? openId ?? (focused ? current : null);
  const lit = useMemo(() => (pointed === null ? found : related(pointed, graph)), [pointed, found, graph]);
  const scene = useMemo(() => sceneOf(graph, layout, marks, { implied, lit, palette, measure }), [graph, layout, marks, implied, lit, palette, measure]);
  const { frame, canvas, mark, view, size, show, glideTo, fit, drawNow } = useCanvas({ scene, palette, layout, measure, pointed, current });

  const go = (id: string, then: "focus" | "open") => {
    wish.current = then;
    if (id === current) fulfil();
    else setCurrent(id);
  };
  const fulfil = () => {
    const button = mark.current;
    if (wish.current === null || button === null || current === null) return;
    drawNow();
    button.focus({ preventScroll: true });
    if (wish.current === "open") open(current, button);
    wish.current = null;
  };
  useLayoutEffect(fulfil, [current]);
  const centre = (id: string) => {
    const place = layout.places[id];
    if (place !== undefined && size !== null) glideTo(centreOn(place, Math.max(READABLE, view.current.scale), size));
  };
  useEffect(() => {
    if (request === null || size === null || layout.places[request.id] === undefined) return;
    centre(request.id);
    if (request.focus) go(request.id, "focus");
    else setCurrent(request.id);
  }, [request?.count, size === null]);

  const handlers = useRef({
    view,
    moved: show,
    tap: (_x: number, _y: number) => undefined as void,
    hover: (_point: { x: number; y: number } | null) => undefined as void,
  });
  handlers.current.tap = (x, y) => {
    const id = hit(view.current, x, y, layout.places);
    if (id !== null) go(id, "open");
  };
  handlers.current.hover = (point) => {
    const id = point === null ? null : hit(view.current, point.x, point.y, layout.places);
    setHovered(id);
    if (canvas.current !== null) canvas.current.style.cursor = id === null ? "grab" : "pointer";
  };
  usePanZoom(canvas, handlers, size !== null);

  /** Around the concept in focus, or the middle. */
  const zoom = (factor: number) => {
    if (size === null) return;
    const { x, y, scale } = view.current;
    const place = focused && current !== null ? layout.places[current] : undefined;
    const [atX, atY] = place === undefined ? [size.width / 2, size.height / 2] : [place.x * scale + x, place.y * scale + y];
    glideTo(zoomAt(view.current, atX, atY, factor));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || current === null) return;
    if (MOVES.includes(event.key)) {
      const next = nextConcept(current, event.key as Move, graph, layout.places);
      if (size !== null) glideTo(reveal(view.current, layout.places[next]!, size));
      go(next, "focus");
    } else if (event.key === "+" || event.key === "=") zoom(STEP);
    else if (event.key === "-") zoom(1 / STEP);
    else if (event.key === "0") fit();
    else if (event.key === "/") find();
    else if (event.key === "?") showHelp(true);
    else return;
    event.preventDefault();
  };

  return (
    <div class="mapwrap">
      <MapTools zoomIn={() => zoom(STEP)} zoomOut={() => zoom(1 / STEP)} fit={fit} help={help} showHelp={showHelp} />
      <div ref={frame} class="mapframe" role="group" aria-label={say.mapLabel(graph.ids.length, graph.links.length)} style={{ height: size?.height ?? 420 }}>
        <canvas ref={canvas} aria-hidden="true" />
        {current !== null && (
          <button
            key={current}
            ref={mark}
            type="button"
            class="mapmark"
            aria-label={describe(current)}
            aria-describedby={keysId}
            aria-haspopup="dialog"
            aria-expanded={openId === current}
            data-concept={current}
            onClick={({ currentTarget }) => open(current, currentTarget)}
            onFocus={() => setFocused(true)}
            onBlur={() => setFocused(false)}
            onKeyDown={onKeyDown}
          />
        )}
        <p id={keysId} class="sr">
          {say.keys}
        </p>
      </div>
    </div>
  );
}

function startOf({ ids, layers }: ConceptGraph, { causes }: Marks): string | null {
  return [...causes.keys()].find((id) => ids.includes(id)) ?? layers[0]?.[0] ?? ids[0] ?? null;
}

function related(id: string, { before, after }: ConceptGraph): Set<string> {
  return new Set([id, ...reach(id, before), ...reach(id, after)]);
}
