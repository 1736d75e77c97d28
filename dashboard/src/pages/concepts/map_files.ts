/** Files of the map: all of it, in the theme in force, whatever is in view. */
import { levelPercent } from "../../i18n/format";
import { save, saveCsv } from "../../parts/download";
import type { ConceptGraph } from "./concept_graph";
import { drawMap } from "./map_drawing";
import type { Layout } from "./map_places";
import { sceneOf } from "./map_scene";
import { clusterLetter, type Marks } from "./marks";
import { textMeasure } from "./measure_text";
import type messages from "./messages";
import { readPalette } from "./palette";
import { canvasPen, svgPen, type Pen } from "./pens";

export interface MapContents {
  graph: ConceptGraph;
  layout: Layout;
  marks: Marks;
  implied: boolean;
  title: string;
}

function drawAll(pen: Pen, { graph, layout, marks, implied }: MapContents): void {
  const palette = readPalette();
  const scene = sceneOf(graph, layout, marks, { implied, lit: null, palette, measure: textMeasure(palette.font) });
  drawMap(pen, scene, palette, 1, { left: 0, top: 0, right: layout.width, bottom: layout.height });
}

export function svgOfMap(contents: MapContents): string {
  const { font, surface } = readPalette();
  const pen = svgPen(font);
  drawAll(pen, contents);
  return pen.document(contents.layout.width, contents.layout.height, surface, contents.title);
}

export function saveMapSvg(name: string, contents: MapContents): void {
  save(`${name}.svg`, new Blob([svgOfMap(contents)], { type: "image/svg+xml" }));
}

/** Browsers make no larger images. */
const LONGEST = 8000;

export function saveMapPng(name: string, contents: MapContents): void {
  const { width, height } = contents.layout;
  const scale = Math.min(2, LONGEST / Math.max(width, height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
  const context = canvas.getContext("2d")!;
  const { font, surface } = readPalette();
  context.fillStyle = surface;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  drawAll(canvasPen(context, font, scale), contents);
  canvas.toBlob((blob) => blob !== null && save(`${name}.png`, blob), "image/png");
}

export function saveMapCsv(name: string, { graph, marks }: Pick<MapContents, "graph" | "marks">, { csv: say }: typeof messages.en): void {
  const layerOf = new Map(graph.layers.flatMap((layer, index) => layer.map((id) => [id, index + 1] as const)));
  const rows = graph.ids.map((id) => {
    const shown = marks.levels.get(id);
    const cluster = marks.clusters.get(id);
    return [
      graph.names.get(id),
      layerOf.get(id),
      shown === undefined ? null : levelPercent(shown.level),
      shown === undefined ? null : shown.thin ? say.yes : say.no,
      shown?.practised,
      shown?.needFocus,
      marks.causes.get(id),
      marks.steps.get(id),
      cluster === undefined ? null : clusterLetter(cluster),
      (graph.before.get(id) ?? []).map((one) => graph.names.get(one)).join("; "),
    ];
  });
  saveCsv(`${name}.csv`, [[say.concept, say.layer, say.level, say.thin, say.practised, say.needFocus, say.cause, say.step, say.area, say.after], ...rows]);
}
