/** Widths of the heat map's columns, from the widths of the names in the font of the page. */

export interface Sizes {
  /** The names of the students. */
  name: number;
  /** The least of each column. */
  columns: readonly number[];
}

/** The width of a text in pixels, in a font as of `canvas`: "550 11.5px". */
export type Measure = (text: string, font: string) => number;

const HEAD = "600 11.5px";
const NAME = "500 13px";
const CORNER = "400 12px";

/** Measures in the font of the page. */
export function pageMeasure(): Measure {
  const context = document.createElement("canvas").getContext("2d");
  const { fontFamily } = getComputedStyle(document.body);
  return (text, font) => {
    if (context === null) return text.length * 7;
    context.font = `${font} ${fontFamily}`;
    return context.measureText(text).width;
  };
}

const clamp = (least: number, value: number, most: number) => Math.ceil(Math.min(Math.max(value, least), most));

/** Heads break at spaces: a column is at least as wide as the longest word of its head. `corner` stands above the names. */
export function sizesOf(students: readonly string[], columns: readonly string[], corner: string, measure: Measure): Sizes {
  const widest = (texts: readonly string[], font: string) => texts.reduce((most, text) => Math.max(most, measure(text, font)), 0);
  return {
    name: clamp(104, Math.max(widest(students, NAME) + 12, measure(corner, CORNER) + 8), 168),
    columns: columns.map((name) => clamp(46, widest(name.split(/\s+/), HEAD) + 5, 128)),
  };
}

export const GAP = 2;

/** The grid of a row, as in CSS: the name, and columns that share the space that is left. */
export function tracksOf({ name, columns }: Sizes): { tracks: string; least: string } {
  return {
    tracks: `${name}px ${columns.map((width) => `minmax(${width}px, 1fr)`).join(" ")}`,
    least: `${columns.reduce((sum, width) => sum + width + GAP, name)}px`,
  };
}

/** Where columns begin, in pixels from the first of some columns. */
function span(columns: readonly number[], from: number, to: number): number {
  return columns.slice(from, to).reduce((sum, width) => sum + width + GAP, 0);
}

/** The grid of a row of which only the columns from `first` to before `last` are drawn: a gap stands for those beside. */
export function windowTracks({ name, columns }: Sizes, first: number, last: number): string {
  if (first === 0 && last === columns.length) return "var(--tracks)";
  const gap = (from: number, to: number) => (from < to ? [`${span(columns, from, to) - GAP}px`] : []);
  const drawn = columns.slice(first, last).map((width) => `${width}px`);
  return [`${name}px`, ...gap(0, first), ...drawn, ...gap(last, columns.length)].join(" ");
}

/** The style of a cell in that grid: the first drawn one follows the gap, and one beside them stands in a gap. */
export function placeIn({ columns }: Sizes, first: number, last: number, column: number): Record<string, string | number> | undefined {
  const start = first > 0 ? 3 : 2;
  if (column === first && first > 0) return { gridColumnStart: start };
  if (column >= first && column < last) return undefined;
  const [track, from] = column < first ? [2, 0] : [start + last - first, last];
  return { gridArea: `1 / ${track}`, width: columns[column]!, marginLeft: span(columns, from, column) };
}

/** A name in lines of at most `width` pixels, broken at spaces. */
export function linesOf(name: string, width: number, measure: Measure): string[] {
  const lines: string[] = [];
  for (const word of name.split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== undefined && measure(`${line} ${word}`, HEAD) <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
