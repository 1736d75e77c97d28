/** Which part of the map is in view: a point of the map times `scale`, plus `x` and `y`, is a point of the frame. */
import type { Area } from "./map_drawing";
import { HEIGHT, WIDTH, type Place } from "./map_places";

export interface View {
  x: number;
  y: number;
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

export const LEAST = 0.03;
export const MOST = 2.5;
/** So much of the map stays in view. */
const KEEP = 80;
const EDGE = 24;

/** All of the map, in the middle; never enlarged. */
export function fitAll(map: Size, frame: Size): View {
  const scale = Math.max(LEAST, Math.min(1, frame.width / map.width, frame.height / map.height));
  return { scale, x: (frame.width - map.width * scale) / 2, y: (frame.height - map.height * scale) / 2 };
}

/** The frame's height for a map as wide as the frame: as high as the map, if that is not too high to leave the page. */
export function frameHeight(map: Size, width: number, windowHeight: number, touch: boolean): number {
  const natural = map.height * Math.min(1, width / map.width);
  const screen = Math.max(420, windowHeight * 0.8);
  return Math.round(Math.max(200, Math.min(natural, natural <= 1300 && !touch ? 1300 : screen)));
}

export function zoomAt(view: View, x: number, y: number, factor: number): View {
  const scale = Math.max(LEAST, Math.min(MOST, view.scale * factor));
  const ratio = scale / view.scale;
  return { scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio };
}

/** A view that still shows some of the map. */
export function keepInside(view: View, map: Size, frame: Size): View {
  const clamp = (at: number, extent: number, space: number) => Math.max(KEEP - extent * view.scale, Math.min(space - KEEP, at));
  return { ...view, x: clamp(view.x, map.width, frame.width), y: clamp(view.y, map.height, frame.height) };
}

export function centreOn(place: Place, scale: number, frame: Size): View {
  return { scale, x: frame.width / 2 - place.x * scale, y: frame.height / 2 - place.y * scale };
}

/** The smallest move that brings a box into view. */
export function reveal(view: View, place: Place, frame: Size): View {
  const move = (start: number, extent: number, space: number) => {
    if (start < EDGE) return EDGE - start;
    return start + extent > space - EDGE ? space - EDGE - extent - start : 0;
  };
  const { scale } = view;
  return {
    scale,
    x: view.x + move(view.x + (place.x - WIDTH / 2) * scale, WIDTH * scale, frame.width),
    y: view.y + move(view.y + (place.y - HEIGHT / 2) * scale, HEIGHT * scale, frame.height),
  };
}

export function areaOf({ x, y, scale }: View, { width, height }: Size): Area {
  return { left: -x / scale, top: -y / scale, right: (width - x) / scale, bottom: (height - y) / scale };
}

/** The concept whose box is at a point of the frame. */
export function hit(view: View, x: number, y: number, places: Readonly<Record<string, Place>>): string | null {
  const left = (x - view.x) / view.scale;
  const top = (y - view.y) / view.scale;
  for (const [id, place] of Object.entries(places)) {
    if (Math.abs(place.x - left) <= WIDTH / 2 && Math.abs(place.y - top) <= HEIGHT / 2) return id;
  }
  return null;
}
