/** Draws a map with a pen. Names are drawn from zoom 0.6, numbers while they can be read. */
import { HEIGHT, WIDTH } from "./map_places";
import { clusterLetter } from "./marks";
import type { Box, Scene } from "./map_scene";
import type { Palette } from "./palette";
import type { Pen } from "./pens";

export interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const NAMES_FROM = 0.6;
const NUMBERS_FROM = 0.22;
const RADIUS = 6;
const LINE = 14;
/** Rings and numbers reach over the edge of a box. */
const OVER = 14;

/** `scale` is the zoom; `area` is the part in view. */
export function drawMap(pen: Pen, { tints, links, boxes }: Scene, palette: Palette, scale: number, area: Area): void {
  for (const tint of tints) pen.path(tint);
  for (const link of links) pen.path(link);
  for (const box of boxes) {
    const { left, top } = box;
    if (left > area.right + OVER || left + WIDTH < area.left - OVER || top > area.bottom + OVER || top + HEIGHT < area.top - OVER) continue;
    drawBox(pen, box, palette, scale);
  }
  pen.alpha(1);
}

function drawBox(pen: Pen, box: Box, palette: Palette, scale: number): void {
  const { left, top, step, thin } = box;
  const near = scale >= NAMES_FROM;
  const radius = near ? RADIUS : 0;
  const edge = near ? { stroke: palette.line, width: 1 } : {};
  pen.alpha(1);
  const look = step === null ? undefined : palette.steps[step - 1]!;
  if (box.dim) {
    pen.rect(left, top, WIDTH, HEIGHT, { radius, fill: palette.surface });
    pen.alpha(0.25);
  }
  if (look === undefined) {
    pen.rect(left, top, WIDTH, HEIGHT, { radius, fill: palette.surface, stroke: palette.edge, width: 1, dash: [4, 3] });
  } else if (thin) {
    const rule = Math.max(4, 2.5 / scale);
    pen.rect(left, top, WIDTH, HEIGHT, { radius, fill: palette.surface, stroke: palette.line, width: 1 });
    pen.rect(left + 4, top + HEIGHT - 1 - rule, WIDTH - 8, rule, { radius: near ? 2 : 0, fill: look.rule });
  } else {
    pen.rect(left, top, WIDTH, HEIGHT, { radius, fill: look.fill, ...edge });
  }
  drawText(pen, box, look === undefined || thin ? palette.ink : look.text, scale);
  drawRing(pen, box, palette, scale);
}

function drawText(pen: Pen, { left, top, lines, size, number, thin }: Box, fill: string, scale: number): void {
  if (scale < NUMBERS_FROM) return;
  const middle = top + HEIGHT / 2;
  if (scale < NAMES_FROM) {
    const large = Math.min(30, 13 / scale);
    pen.text(number, left + WIDTH / 2, middle + large * 0.36, { size: large, weight: 650, fill, anchor: "middle" });
    return;
  }
  const first = middle + 4.5 - ((lines.length - 1) * LINE) / 2;
  lines.forEach((line, index) => pen.text(line, left + 10, first + index * LINE, { size, weight: 400, fill, anchor: "start" }));
  pen.text(number, left + WIDTH - 8, middle + 4.5, { size: 13, weight: thin ? 400 : 650, fill, anchor: "end" });
}

function drawRing(pen: Pen, { left, top, cause, stepNumber, cluster }: Box, palette: Palette, scale: number): void {
  const width = Math.max(3, 1.5 / scale);
  const ring = (out: number, stroke: string) => pen.rect(left - out, top - out, WIDTH + 2 * out, HEIGHT + 2 * out, { radius: RADIUS + out, stroke, width });
  if (stepNumber !== null) ring(2, palette.accent);
  if (cause !== null) ring(stepNumber === null ? 2 : 6, palette.causeLine);
  if (cluster !== null) badge(pen, left + WIDTH, top + HEIGHT, clusterLetter(cluster), palette.ink, palette.surface, scale);
  if (stepNumber !== null) badge(pen, left, top, String(stepNumber), palette.accent, palette.onAccent, scale);
  if (cause !== null) badge(pen, left + WIDTH, top, String(cause), palette.cause, palette.surface, scale);
}

function badge(pen: Pen, x: number, y: number, text: string, fill: string, ink: string, scale: number): void {
  const size = scale < NAMES_FROM ? Math.min(26, 11 / scale) : 12;
  if (scale < NUMBERS_FROM) return;
  pen.disc(x, y, size * 0.8, fill);
  pen.text(text, x, y + size * 0.36, { size, weight: 650, fill: ink, anchor: "middle" });
}

/** The name of one concept in the size of text, for maps whose boxes are too small for names. In units of the frame. */
export function drawLabel(pen: Pen, name: string, x: number, y: number, width: number, palette: Palette, frameWidth: number): void {
  const [height, padding] = [26, 8];
  const left = Math.max(4, Math.min(frameWidth - width - 2 * padding - 4, x - width / 2 - padding));
  const top = y > height + 8 ? y - height - 6 : y + 6;
  pen.alpha(1);
  pen.rect(left, top, width + 2 * padding, height, { radius: 4, fill: palette.ink });
  pen.text(name, left + padding, top + 18, { size: 13, weight: 400, fill: palette.surface, anchor: "start" });
}
