/** Widths of the heat map's columns, from the lengths of the names. */

/** Mean width of a letter in column heads (11.5 px) and in names (13 px), with some room for wide letters. */
const HEAD_LETTER = 6.3;
const NAME_LETTER = 6.9;

export interface Sizes {
  /** The names of the students. */
  name: number;
  /** Each column. */
  column: number;
}

const clamp = (least: number, value: number, most: number) => Math.round(Math.min(Math.max(value, least), most));
const longest = (words: readonly string[]) => Math.max(0, ...words.map(({ length }) => length));

/** Heads break at spaces: a column is as wide as the longest word of all heads. */
export function sizesOf(students: readonly string[], columns: readonly string[]): Sizes {
  return {
    name: clamp(104, longest(students) * NAME_LETTER + 10, 168),
    column: clamp(46, longest(columns.flatMap((name) => name.split(/\s+/))) * HEAD_LETTER + 4, 104),
  };
}

/** A name in lines of at most `width` pixels, broken at spaces. */
export function linesOf(name: string, width: number): string[] {
  const most = Math.floor(width / HEAD_LETTER);
  const lines: string[] = [];
  for (const word of name.split(/\s+/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= most) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
