/** Boxes and lines of a map, in its own units. Apart from the layout, which only the worker loads. */
export const WIDTH = 152;
export const HEIGHT = 54;

export interface Structure {
  ids: readonly string[];
  links: readonly { from: string; to: string; implied: boolean }[];
}

/** The middle of a concept's box. */
export interface Place {
  x: number;
  y: number;
}

export interface Layout {
  width: number;
  height: number;
  places: Record<string, Place>;
  /** The line of each link, as SVG path data. */
  lines: Record<string, string>;
}
