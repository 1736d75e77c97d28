/** Which rows of a long table are drawn: those in sight, and some before and after them. */
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { flushSync } from "preact/compat";
import { GAP, type Sizes } from "./heat_sizes";

/** A list this long scrolls in its own box, of which only the rows and columns in sight are drawn. */
export const LONG = 40;
/** Rows before and after those in sight. */
const ROWS = 6;
/** Pixels left and right of the columns in sight, at least. */
const ASIDE = 60;
/** Pixels of scrolling after which other columns are drawn: seldom, because that takes a frame. */
const STEP = 450;

export interface Range {
  first: number;
  /** Exclusive. */
  last: number;
}

/** The rows in sight and some around them. */
export function rangeOf(scrolled: number, seen: number, row: number, count: number): Range {
  const from = Math.floor(scrolled / row);
  const rows = Math.ceil(seen / row) + 1;
  return { first: Math.max(0, Math.min(from, count) - ROWS), last: Math.min(count, from + rows + ROWS) };
}

/** The columns in sight and some beside them, from the widths that they have when they do not fit. */
export function columnRange(scrolled: number, seen: number, { name, columns }: Sizes): Range {
  const from = Math.floor(scrolled / STEP) * STEP;
  const [left, right] = [from - ASIDE, from + STEP + seen + ASIDE];
  let [start, first, last] = [name + GAP, 0, columns.length];
  columns.forEach((width, column) => {
    if (start + width < left) first = column + 1;
    if (start > right) last = Math.min(last, column);
    start += width + GAP;
  });
  return { first: Math.min(first, columns.length), last };
}

/**
 * The places from `first` to before `last`, and that of the tab stop, so that the focus is not lost when it is scrolled
 * out of sight. In order: an element that is moved loses the focus.
 */
export function drawnPlaces(first: number, last: number, active: number | null): number[] {
  const places = Array.from({ length: Math.max(last - first, 0) }, (_, index) => first + index);
  if (active === null || active < 0) return places;
  if (active < first) places.unshift(active);
  else if (active >= last) places.push(active);
  return places;
}

export interface Sight {
  rows: Range;
  columns: Range;
}

const isSame = (a: Range, b: Range) => a.first === b.first && a.last === b.last;
const within = ({ first, last }: Range, count: number): Range => ({ first: Math.min(first, count), last: Math.min(last, count) });

/** What of a table is drawn: all, unless it is long. */
export function useWindow(box: RefObject<HTMLElement>, count: number, row: number, sizes: Sizes): Sight {
  const isLong = count > LONG;
  const [sight, setSight] = useState<Sight>({ rows: { first: 0, last: LONG }, columns: { first: 0, last: LONG } });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null || !isLong) return;
    let [wide, high] = [element.clientWidth, element.clientHeight];
    const measure = () => {
      const rows = rangeOf(element.scrollTop, high, row, count);
      const columns = columnRange(element.scrollLeft, wide, sizes);
      setSight((old) => (isSame(old.rows, rows) && isSame(old.columns, columns) ? old : { rows, columns }));
    };
    const observer = new ResizeObserver(() => {
      [wide, high] = [element.clientWidth, element.clientHeight];
      measure();
    });
    observer.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    measure();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [isLong, count, row, sizes]);
  const isPrinting = usePrinting();
  const all = { rows: { first: 0, last: count }, columns: { first: 0, last: sizes.columns.length } };
  if (isPrinting || !isLong) return all;
  return { rows: within(sight.rows, count), columns: within(sight.columns, sizes.columns.length) };
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
