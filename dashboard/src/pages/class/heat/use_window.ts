/** Which rows of a long table are drawn: those in sight, and some before and after them. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { flushSync } from "preact/compat";

/** A list this long scrolls in its own box, of which only the visible rows are drawn. */
export const LONG = 40;
const MARGIN = 10;

export interface Range {
  first: number;
  /** Exclusive. */
  last: number;
}

/** The rows in sight and `MARGIN` around them; they move in steps, so that most frames of a scroll draw nothing. */
export function rangeOf(scrolled: number, seen: number, row: number, count: number): Range {
  const step = MARGIN / 2;
  const from = Math.floor(scrolled / row / step) * step;
  const rows = Math.ceil(seen / row / step) * step + step;
  return { first: Math.max(0, Math.min(from, count) - MARGIN), last: Math.min(count, from + rows + MARGIN) };
}

export function useWindow(box: RefObject<HTMLElement>, count: number, row: number): Range {
  const isLong = count > LONG;
  const [{ first, last }, setRange] = useState<Range>({ first: 0, last: LONG });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || !isLong) return;
    let seen = element.clientHeight;
    const measure = () => {
      const next = rangeOf(element.scrollTop, seen, row, count);
      setRange((range) => (range.first === next.first && range.last === next.last ? range : next));
    };
    const observer = new ResizeObserver(() => {
      seen = element.clientHeight;
      measure();
    });
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [isLong, count, row]);
  const isPrinting = usePrinting();
  return isPrinting || !isLong ? { first: 0, last: count } : { first: Math.min(first, count), last: Math.min(last, count) };
}

/** Whether the page is being printed: then all rows are drawn. */
export function usePrinting(): boolean {
  const [isPrinting, setPrinting] = useState(() => matchMedia("print").matches);
  useEffect(() => {
    const print = matchMedia("print");
    const now = (printing: boolean) => flushSync(() => setPrinting(printing));
    const [before, after, change] = [() => now(true), () => now(false), () => now(print.matches)];
    addEventListener("beforeprint", before);
    addEventListener("afterprint", after);
    print.addEventListener("change", change);
    return () => {
      removeEventListener("beforeprint", before);
      removeEventListener("afterprint", after);
      print.removeEventListener("change", change);
    };
  }, []);
  return isPrinting;
}

/** Whether a media query holds, now and after changes. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const change = () => setMatches(media.matches);
    media.addEventListener("change", change);
    return () => media.removeEventListener("change", change);
  }, [query]);
  return matches;
}
