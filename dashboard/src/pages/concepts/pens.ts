/** Two ways to draw the same map: on a canvas, and as the text of an SVG file. */
import type { Stroke } from "./map_scene";

export interface RectLook {
  radius: number;
  fill?: string;
  stroke?: string;
  width?: number;
  dash?: readonly [number, number];
}

export interface TextLook {
  size: number;
  weight: number;
  fill: string;
  anchor: "start" | "middle" | "end";
}

export interface Pen {
  /** How opaque all that follows is. */
  alpha(value: number): void;
  rect(left: number, top: number, width: number, height: number, look: RectLook): void;
  path(stroke: Stroke): void;
  disc(x: number, y: number, radius: number, fill: string): void;
  /** `y` is the base line. */
  text(text: string, x: number, y: number, look: TextLook): void;
}

const paths = new WeakMap<Stroke, Path2D>();

function pathOf(stroke: Stroke): Path2D {
  const known = paths.get(stroke) ?? new Path2D(stroke.data);
  paths.set(stroke, known);
  return known;
}

/** `scale`: lines never become thinner than a pixel's half. */
export function canvasPen(context: CanvasRenderingContext2D, font: string, scale: number): Pen {
  let lastFont = "";
  return {
    alpha: (value) => void (context.globalAlpha = value),
    rect(left, top, width, height, { radius, fill, stroke, width: line = 1, dash = [] }) {
      if (fill !== undefined) context.fillStyle = fill;
      if (stroke !== undefined) {
        context.setLineDash([...dash]);
        context.strokeStyle = stroke;
        context.lineWidth = Math.max(line, 0.5 / scale);
      }
      if (radius === 0) {
        // far cheaper than a path
        if (fill !== undefined) context.fillRect(left, top, width, height);
        if (stroke !== undefined) context.strokeRect(left, top, width, height);
        return;
      }
      context.beginPath();
      context.roundRect(left, top, width, height, radius);
      if (fill !== undefined) context.fill();
      if (stroke !== undefined) context.stroke();
    },
    path(stroke) {
      context.globalAlpha = stroke.alpha;
      context.lineJoin = stroke.round ? "round" : "miter";
      context.lineCap = stroke.round ? "round" : "butt";
      context.setLineDash([...(stroke.dash ?? [])]);
      context.strokeStyle = stroke.colour;
      context.lineWidth = Math.max(stroke.width, 0.6 / scale);
      context.stroke(pathOf(stroke));
    },
    disc(x, y, radius, fill) {
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fillStyle = fill;
      context.fill();
    },
    text(text, x, y, { size, weight, fill, anchor }) {
      const next = `${weight} ${size}px ${font}`;
      if (next !== lastFont) context.font = lastFont = next;
      context.textAlign = anchor === "middle" ? "center" : anchor;
      context.fillStyle = fill;
      context.fillText(text, x, y);
    },
  };
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string) => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign]!);

function element(name: string, attributes: Record<string, string | number | undefined>, content = ""): string {
  const all = Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [` ${key}="${escape(String(value))}"`]));
  return `<${name}${all.join("")}${content === "" ? "/>" : `>${content}</${name}>`}`;
}

export interface SvgPen extends Pen {
  document(width: number, height: number, background: string, title: string): string;
}

export function svgPen(font: string): SvgPen {
  const elements: string[] = [];
  let opacity: number | undefined;
  const dashes = (dash: readonly number[] | undefined) => dash?.join(" ");
  return {
    alpha: (value) => void (opacity = value === 1 ? undefined : value),
    rect: (x, y, width, height, { radius, fill = "none", stroke, width: line, dash }) =>
      void elements.push(element("rect", { x, y, width, height, rx: radius, fill, stroke, "stroke-width": line, "stroke-dasharray": dashes(dash), opacity })),
    path: ({ data, colour, width, alpha, dash, round }) =>
      void elements.push(
        element("path", {
          d: data,
          fill: "none",
          stroke: colour,
          "stroke-width": width,
          "stroke-linejoin": round ? "round" : undefined,
          "stroke-dasharray": dashes(dash),
          opacity: alpha,
        }),
      ),
    disc: (cx, cy, r, fill) => void elements.push(element("circle", { cx, cy, r, fill, opacity })),
    text: (text, x, y, { size, weight, fill, anchor }) =>
      void elements.push(element("text", { x, y, "font-size": size, "font-weight": weight, fill, "text-anchor": anchor, opacity }, escape(text))),
    document: (width, height, background, title) => {
      const paper = element("rect", { width, height, fill: background });
      const content = `${element("title", {}, escape(title))}${paper}${elements.join("")}`;
      return element("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}`, "font-family": font }, content);
    },
  };
}
