/** The width of a text in the map's letters. Each text is measured once. */
export const NAME_SIZE = 12.5;
export const SMALL_SIZE = 10.5;

export function textMeasure(font: string): (text: string) => number {
  const context = document.createElement("canvas").getContext("2d")!;
  context.font = `400 ${NAME_SIZE}px ${font}`;
  const known = new Map<string, number>();
  return (text) => {
    const width = known.get(text) ?? context.measureText(text).width;
    known.set(text, width);
    return width;
  };
}
