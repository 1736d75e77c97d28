/** The canvas of a map: which part is in view, and drawing it when something changes. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type MutableRef } from "preact/hooks";
import { glide } from "./glide";
import { drawLabel, drawMap, NAMES_FROM } from "./map_drawing";
import { HEIGHT, WIDTH, type Layout } from "./map_places";
import type { Scene } from "./map_scene";
import type { Palette } from "./palette";
import { canvasPen } from "./pens";
import { areaOf, fitAll, frameHeight, keepInside, type Size, type View } from "./viewport";

interface Drawn {
  scene: Scene;
  palette: Palette;
  layout: Layout;
  measure: (text: string) => number;
  /** The concept under the pointer or in focus: named even where names are too small. */
  pointed: string | null;
  /** The concept that the focus mark stands on. */
  current: string | null;
}

export interface MapCanvas {
  frame: MutableRef<HTMLDivElement | null>;
  canvas: MutableRef<HTMLCanvasElement | null>;
  mark: MutableRef<HTMLButtonElement | null>;
  view: MutableRef<View>;
  size: Size | null;
  show: (view: View) => void;
  glideTo: (view: View) => void;
  fit: () => void;
  drawNow: () => void;
}

export function useCanvas(drawn: Drawn): MapCanvas {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const mark = useRef<HTMLButtonElement>(null);
  const view = useRef<View>({ x: 0, y: 0, scale: 1 });
  const [size, setSize] = useState<Size | null>(null);
  const state = useRef({ drawn, size, request: 0, stop: () => undefined as void, untouched: true, fitted: null as Size | null });
  state.current.drawn = drawn;
  state.current.size = size;

  const drawNow = useCallback(() => {
    state.current.request = 0;
    const element = canvas.current;
    if (element === null || state.current.size === null) return;
    paint(element, state.current.size, view.current, state.current.drawn);
    place(mark.current, view.current, state.current.drawn);
  }, []);
  const invalidate = useCallback(() => {
    if (state.current.request === 0) state.current.request = requestAnimationFrame(drawNow);
  }, []);
  /** The frame can be higher than the window. */
  const arrive = useCallback(() => {
    drawNow();
    if (mark.current !== null && document.activeElement === mark.current) mark.current.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, []);
  const move = useCallback((next: View) => {
    const { size: frameSize, drawn: { layout } } = state.current;
    if (frameSize === null) return;
    view.current = keepInside(next, layout, frameSize);
    invalidate();
  }, []);
  const show = useCallback((next: View) => {
    state.current.stop();
    state.current.untouched = false;
    move(next);
  }, []);
  const glideTo = useCallback((next: View) => {
    const { size: frameSize, drawn: { layout } } = state.current;
    if (frameSize === null) return;
    state.current.stop();
    const to = keepInside(next, layout, frameSize);
    const { x, y, scale } = view.current;
    if (to.x === x && to.y === y && to.scale === scale) return arrive();
    state.current.untouched = false;
    state.current.stop = glide(view.current, to, move, arrive);
  }, []);
  const fit = useCallback(() => {
    const { size: frameSize, drawn: { layout } } = state.current;
    if (frameSize === null) return;
    glideTo(fitAll(layout, frameSize));
    state.current.untouched = true;
  }, []);

  useLayoutEffect(() => {
    const measure = () => {
      const width = frame.current!.clientWidth;
      const height = frameHeight(drawn.layout, width, innerHeight, matchMedia("(pointer: coarse)").matches);
      setSize((before) => (width === 0 || (before?.width === width && before.height === height) ? before : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, [drawn.layout]);
  useLayoutEffect(() => {
    if (size === null) return;
    const { untouched, fitted } = state.current;
    const { x, y, scale } = view.current;
    if (untouched || fitted === null) view.current = fitAll(drawn.layout, size);
    else {
      const middle = { scale, x: x + (size.width - fitted.width) / 2, y: y + (size.height - fitted.height) / 2 };
      view.current = keepInside(middle, drawn.layout, size);
    }
    state.current.fitted = size;
    drawNow();
  }, [drawn.layout, size]);
  useLayoutEffect(invalidate, [drawn.scene, drawn.palette, drawn.pointed]);
  useLayoutEffect(() => place(mark.current, view.current, state.current.drawn), [drawn.current]);
  useEffect(
    () => () => {
      state.current.stop();
      cancelAnimationFrame(state.current.request);
    },
    [],
  );
  return { frame, canvas, mark, view, size, show, glideTo, fit, drawNow };
}

function paint(canvas: HTMLCanvasElement, size: Size, { x, y, scale }: View, { scene, palette, layout, pointed, measure }: Drawn): void {
  const ratio = Math.min(2, devicePixelRatio || 1);
  const [width, height] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d")!;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  context.setTransform(ratio * scale, 0, 0, ratio * scale, ratio * x, ratio * y);
  drawMap(canvasPen(context, palette.font, scale), scene, palette, scale, areaOf({ x, y, scale }, size));
  const at = pointed === null ? undefined : layout.places[pointed];
  const name = scene.boxes.find(({ id }) => id === pointed)?.name;
  if (at === undefined || name === undefined || scale >= NAMES_FROM) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const top = (at.y - HEIGHT / 2) * scale + y;
  drawLabel(canvasPen(context, palette.font, 1), name, at.x * scale + x, top, measure(name) * 1.05, palette, size.width);
}

/** Puts the focus mark on its concept. */
function place(mark: HTMLButtonElement | null, { x, y, scale }: View, { current, layout }: Drawn): void {
  const at = current === null ? undefined : layout.places[current];
  if (mark === null || at === undefined) return;
  mark.style.width = `${WIDTH * scale}px`;
  mark.style.height = `${HEIGHT * scale}px`;
  mark.style.transform = `translate(${(at.x - WIDTH / 2) * scale + x}px, ${(at.y - HEIGHT / 2) * scale + y}px)`;
}
