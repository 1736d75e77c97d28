/** The colours of the theme in force, for drawings that no style sheet reaches. */
import { useEffect, useState } from "preact/hooks";

export const CLUSTER_COLOURS = 6;

export interface Palette {
  surface: string;
  line: string;
  edge: string;
  link: string;
  ink: string;
  ink2: string;
  accent: string;
  onAccent: string;
  cause: string;
  causeLine: string;
  /** Fill, text and rule of the five steps. */
  steps: readonly { fill: string; text: string; rule: string }[];
  clusters: readonly string[];
  font: string;
}

export function readPalette(): Palette {
  const styles = getComputedStyle(document.documentElement);
  const token = (name: string) => styles.getPropertyValue(`--${name}`).trim();
  return {
    surface: token("surface"),
    line: token("line"),
    edge: token("edge"),
    link: token("link"),
    ink: token("ink"),
    ink2: token("ink-2"),
    accent: token("accent"),
    onAccent: token("on-accent"),
    cause: token("cause"),
    causeLine: token("cause-line"),
    steps: [1, 2, 3, 4, 5].map((step) => ({ fill: token(`l${step}`), text: token(`t${step}`), rule: token(`o${step}`) })),
    clusters: Array.from({ length: CLUSTER_COLOURS }, (_, index) => token(`cluster-${index + 1}`)),
    font: getComputedStyle(document.body).fontFamily,
  };
}

export function usePalette(): Palette {
  const [palette, set] = useState(readPalette);
  useEffect(() => {
    const update = () => set(readPalette());
    const observer = new MutationObserver(update);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    scheme.addEventListener("change", update);
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", update);
    };
  }, []);
  return palette;
}
