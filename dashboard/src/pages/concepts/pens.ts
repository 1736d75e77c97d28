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
  context.lineJoin = "round";
  context.lineCap = "round";
  return {
    alpha: (value) => void (context.globalAlpha = value),
    rect(left, top, width, height, look) {
      context.beginPath();
      context.roundRect(left, top, width, height, look.radius);
      if (look.fill !== undefined) {
        context.fillStyle = look.fill;
        context.fill();
      }
      if (look.stroke === undefined) return;
      context.setLineDash([...(look.dash ?? [])]);
      context.strokeStyle = look.stroke;
      context.lineWidth = Math.max(look.width ?? 1, 0.5 / scale);
      context.stroke();
    },
    path(stroke) {
      context.globalAlpha = stroke.alpha;
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
      context.font = `${weight} ${size}px ${font}`;
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
    path: ({ data, colour, width, alpha, dash }) =>
      void elements.push(
        element("path", {
          d: data,
          fill: "none",
          stroke: colour,
          "stroke-width": width,
          "stroke-linecap": "round",
          "stroke-linejoin": "round",
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
