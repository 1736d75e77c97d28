/** Moves a view by dragging, with two fingers, and by the wheel with Ctrl; the wheel alone scrolls the page. */
import { useEffect, type MutableRef } from "preact/hooks";
import { zoomAt, type View } from "./viewport";

interface Handlers {
  view: MutableRef<View>;
  /** The view was moved. */
  moved: (view: View) => void;
  /** A click that was not the end of a drag. */
  tap: (x: number, y: number) => void;
  /** Null: the pointer has left. */
  hover: (point: { x: number; y: number } | null) => void;
}

const STILL = 4;

export function usePanZoom(surface: MutableRef<HTMLElement | null>, handlers: MutableRef<Handlers>, ready: boolean): void {
  useEffect(() => {
    const element = surface.current;
    if (element === null) return;
    const fingers = new Map<number, { x: number; y: number }>();
    let travelled = 0;
    const at = (event: MouseEvent) => {
      const { left, top } = element.getBoundingClientRect();
      return { x: event.clientX - left, y: event.clientY - top };
    };
    const spread = () => {
      const [one, two] = [...fingers.values()];
      return one === undefined || two === undefined ? null : { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2, gap: Math.hypot(one.x - two.x, one.y - two.y) };
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return;
      if (fingers.size === 0) travelled = 0;
      fingers.set(event.pointerId, at(event));
      element.setPointerCapture(event.pointerId);
    };
    const move = (event: PointerEvent) => {
      const point = at(event);
      const last = fingers.get(event.pointerId);
      const { view, moved, hover } = handlers.current;
      if (last === undefined) return hover(point);
      const before = spread();
      fingers.set(event.pointerId, point);
      const after = spread();
      travelled += Math.hypot(point.x - last.x, point.y - last.y);
      if (travelled < STILL) return;
      hover(null);
      if (before !== null && after !== null) {
        const zoomed = zoomAt(view.current, before.x, before.y, after.gap / Math.max(1, before.gap));
        moved({ ...zoomed, x: zoomed.x + after.x - before.x, y: zoomed.y + after.y - before.y });
      } else moved({ ...view.current, x: view.current.x + point.x - last.x, y: view.current.y + point.y - last.y });
    };
    const up = (event: PointerEvent) => fingers.delete(event.pointerId);
    const click = (event: MouseEvent) => {
      const { x, y } = at(event);
      if (travelled < STILL) handlers.current.tap(x, y);
    };
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { x, y } = at(event);
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const delta = Math.max(-60, Math.min(60, event.deltaY * lines));
      handlers.current.moved(zoomAt(handlers.current.view.current, x, y, Math.exp(-delta * 0.006)));
    };
    const leave = () => handlers.current.hover(null);
    element.addEventListener("pointerdown", down);
    element.addEventListener("pointermove", move);
    element.addEventListener("pointerup", up);
    element.addEventListener("pointercancel", up);
    element.addEventListener("pointerleave", leave);
    element.addEventListener("click", click);
    element.addEventListener("wheel", wheel, { passive: false });
    return () => {
      element.removeEventListener("pointerdown", down);
      element.removeEventListener("pointermove", move);
      element.removeEventListener("pointerup", up);
      element.removeEventListener("pointercancel", up);
      element.removeEventListener("pointerleave", leave);
      element.removeEventListener("click", click);
      element.removeEventListener("wheel", wheel);
    };
  }, [ready]);
}
