/** A plot of dots over two axes, drawn by hand in SVG, with a button that saves it as an image. */
import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";
import { useMessages } from "../../i18n/language";
import { saveSvg } from "../download";
import messages from "../messages";
import { Dots, type Dot } from "./dots";
import { BOX, Frame, scalesOf, type Axis, type Scales } from "./frame";

interface PlotProps {
  /** One sentence on what is drawn. */
  label: string;
  /** The name of the image's file, without `.svg`. */
  file: string;
  x: Axis;
  y: Axis;
  dots: readonly Dot[];
  chosen: string | null;
  choose: (id: string, element: SVGGElement) => void;
  /** What is drawn below the dots. */
  children?: (scales: Scales) => ComponentChildren;
}

export function Plot({ label, file, x, y, dots, chosen, choose, children }: PlotProps): JSX.Element {
  const say = useMessages(messages);
  const drawing = useRef<SVGSVGElement>(null);
  const scales = scalesOf(x, y);
  return (
    <figure class="plot">
      <svg ref={drawing} class="chart" viewBox={`0 0 ${BOX.width} ${BOX.height}`} role="group" aria-label={label}>
        <Frame x={x} y={y} scales={scales} />
        {children?.(scales)}
        <Dots dots={dots} scales={scales} chosen={chosen} choose={choose} />
      </svg>
      <button type="button" class="link small" onClick={() => saveSvg(`${file}.svg`, drawing.current!)}>
        {say.downloadImage}
      </button>
    </figure>
  );
}
