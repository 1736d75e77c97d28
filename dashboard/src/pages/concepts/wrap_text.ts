/** A name in at most `most` lines of a width; what does not fit ends with an ellipsis. Lines break at spaces only. */
export function wrapText(text: string, width: number, measure: (text: string) => number, most = 3): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((one) => one !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && measure(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const shown = lines.slice(0, most);
  if (lines.length > most) shown[most - 1] = `${shown[most - 1]!} ${lines[most]!}`;
  return shown.map((line) => (measure(line) <= width ? line : shorten(line, width, measure)));
}

function shorten(line: string, width: number, measure: (text: string) => number): string {
  let end = line.length;
  while (end > 1 && measure(`${line.slice(0, end)}…`) > width) end -= 1;
  return `${line.slice(0, end).trimEnd()}…`;
}
