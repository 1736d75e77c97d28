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

/**
 * The rules of where tiles stand in a row of which only some are drawn, by the class `p` and the place of the column.
 * Rules, since a style of its own makes the browser compute each tile anew.
 */
export function placeRules({ name, columns }: Sizes): string {
  let left = name + GAP;
  return columns
    .map((width, column) => {
      const rule = `.heat .p${column} { left: ${left}px; width: ${width}px }`;
      left += width + GAP;
      return rule;
    })
    .join("\n");
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
