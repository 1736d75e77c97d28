/** The heat map as a drawing: an SVG text with the colours of the page, for files. */
import { levelPercent } from "../../../i18n/format";
import { stepOf, type Status } from "../../../parts/level";
import type { Counts, View } from "./heat_view";
import { GAP, linesOf, type Measure, type Sizes } from "./heat_sizes";
import type { Matrix } from "./matrix";

interface Figure {
  title: string;
  /** Thresholds and what the underline means. */
  notes: readonly string[];
  corner: string;
  matrix: Matrix;
  view: View;
  counts: readonly Counts[];
  filter: Status | null;
  sizes: Sizes;
  measure: Measure;
  font: string;
  /** The value of a token: `colour("--l1")`. */
  colour: (token: string) => string;
}

const TILE = 28;
const LINE = 15;
const MARGIN = 24;
const BAR = 8;
const ORDER = ["NEEDS_FOCUS", "LEARNING", "MASTERED", "NOT_STARTED"] as const;
const FILLS: Record<Status, string> = { NEEDS_FOCUS: "--l1", LEARNING: "--l3", MASTERED: "--l5", NOT_STARTED: "--line" };

const escape = (text: string) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

export interface Drawing {
  svg: string;
  width: number;
  height: number;
}

export function drawHeat({ title, notes, corner, matrix, view, counts, filter, sizes, measure, font, colour }: Figure): Drawing {
  const parts: string[] = [];
  const text = (x: number, y: number, words: string, size: number, fill: string, more = "") =>
    parts.push(`<text x="${x}" y="${y}" font-size="${size}" fill="${colour(fill)}" ${more}>${escape(words)}</text>`);
  const rect = (x: number, y: number, width: number, height: number, fill: string, more = "") =>
    parts.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}" ${more}/>`);

  const heads = view.columns.map((column, place) => linesOf(matrix.columns[column]!.name, sizes.columns[place]!, measure));
  const headLines = Math.max(1, ...heads.map(({ length }) => length));
  const left = MARGIN + sizes.name;
  const top = MARGIN + 28 + headLines * LINE;
  const body = top + BAR + 28;
  const step = TILE + GAP;
  const starts = [left];
  for (const width of sizes.columns) starts.push(starts.at(-1)! + width + GAP);
  const x = (place: number) => starts[place]!;
  const width = Math.max(x(view.columns.length) + MARGIN, 560);
  const height = body + view.rows.length * step + 16 + notes.length * 18 + MARGIN;

  text(MARGIN, MARGIN + 14, title, 18, "--ink", 'font-weight="650"');
  text(MARGIN, top + BAR + 16, corner, 12, "--ink-2");
  view.columns.forEach((column, place) => {
    const lines = heads[place]!;
    lines.forEach((line, index) => text(x(place), top - (lines.length - index) * LINE + 9, line, 11.5, "--ink", 'font-weight="550"'));
    const all = ORDER.reduce((sum, status) => sum + counts[column]![status], 0);
    let from = x(place);
    for (const status of ORDER) {
      const share = all === 0 ? 0 : (counts[column]![status] / all) * sizes.columns[place]!;
      if (share > 0) rect(from, top, share, BAR, colour(FILLS[status]));
      from += share;
    }
    const focus = counts[column]!.NEEDS_FOCUS;
    text(x(place), top + BAR + 17, String(focus), 14, focus === 0 ? "--ink-3" : "--ink", focus === 0 ? "" : 'font-weight="650"');
  });
  view.rows.forEach((row, index) => {
    const { student, levels, statuses, thin } = matrix.rows[row]!;
    const y = body + index * step;
    text(MARGIN, y + 18, student.name, 13, "--ink");
    view.columns.forEach((column, place) => {
      const level = levels[column] ?? null;
      const middle = x(place) + sizes.columns[place]! / 2;
      parts.push(`<g${filter === null || statuses[column] === filter ? "" : ' opacity="0.18"'}>`);
      if (level === null) text(middle, y + 18, "·", 13, "--ink-3", 'text-anchor="middle"');
      else {
        const tone = stepOf(level, matrix.thresholds[column]!);
        if (thin[column]) rect(x(place), y + TILE - 4, sizes.columns[place]!, 4, colour(`--o${tone}`));
        else rect(x(place), y, sizes.columns[place]!, TILE, colour(`--l${tone}`), 'rx="3"');
        text(middle, y + 18, String(levelPercent(level)), 13, thin[column] ? "--ink" : `--t${tone}`, 'text-anchor="middle" font-weight="550"');
      }
      parts.push("</g>");
    });
  });
  notes.forEach((note, index) => text(MARGIN, body + view.rows.length * step + 28 + index * 18, note, 12, "--ink-2"));

  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escape(font)}">`;
  return { svg: `${open}<rect width="100%" height="100%" fill="${colour("--surface")}"/>${parts.join("")}</svg>`, width, height };
}

/** Canvases of browsers end near 16,000 pixels a side. */
const LONGEST_SIDE = 16_000;

/** The drawing as a PNG, in twice its size if that fits. */
export async function pngOf({ svg, width, height }: Drawing): Promise<Blob> {
  const scale = Math.min(2, LONGEST_SIDE / Math.max(width, height));
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((done, fail) => canvas.toBlob((blob) => (blob === null ? fail(new Error("no image")) : done(blob)), "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}
