/** Moves a view to another in a fifth of a second, or at once for those who want less motion. */
import type { View } from "./viewport";

const DURATION = 200;

/** Returns the function that stops it. */
export function glide(from: View, to: View, show: (view: View) => void, done: () => void): () => void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    show(to);
    done();
    return () => undefined;
  }
  const start = performance.now();
  let frame = 0;
  const step = (now: number) => {
    const time = Math.max(0, Math.min(1, (now - start) / DURATION));
    const share = 1 - (1 - time) ** 3;
    const between = (a: number, b: number) => a + (b - a) * share;
    show({ x: between(from.x, to.x), y: between(from.y, to.y), scale: between(from.scale, to.scale) });
    if (time < 1) frame = requestAnimationFrame(step);
    else done();
  };
  frame = requestAnimationFrame(step);
  return () => cancelAnimationFrame(frame);
}
