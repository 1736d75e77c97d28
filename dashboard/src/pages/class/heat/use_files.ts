/** CSV, PNG and SVG of what the heat map shows. */
import { formatNumber } from "../../../i18n/format";
import { useLanguage, useMessages } from "../../../i18n/language";
import partMessages from "../../../parts/messages";
import { save, saveCsv } from "../../../parts/download";
import { toPercent, type HeatState } from "./heat_address";
import { heatCsv } from "./heat_csv";
import { drawHeat, pngOf } from "./heat_figure";
import type { Shown } from "./heat_map_card";
import { pageMeasure, sizesOf } from "./heat_sizes";
import { countColumns } from "./heat_view";
import messages from "./messages";

/** "Demo class-skills-focus50-mastered90" */
function fileName(group: string, { kind, status, own }: HeatState): string {
  const parts = [group.replace(/[^\p{L}\p{N}]+/gu, " ").trim(), kind === "SKILL" ? "skills" : "concepts"];
  if (status !== null) parts.push(status.toLowerCase());
  if (own !== null) parts.push(`focus${toPercent(own.focus)}`, `mastered${toPercent(own.mastered)}`);
  return parts.join("-").replaceAll(" ", "-");
}

export function useFiles(group: string, shown: Shown | null, state: HeatState): { csv: () => void; png: () => void; svg: () => void } | null {
  const say = useMessages(messages);
  const { status: words } = useMessages(partMessages);
  const language = useLanguage();
  if (shown === null || shown.view.rows.length === 0) return null;
  const { matrix, view } = shown;
  const name = fileName(group, state);

  const draw = () => {
    const styles = getComputedStyle(document.documentElement);
    const measure = pageMeasure();
    const corner = say.needFocus(formatNumber(view.candidates.length, language));
    const names = view.columns.map((column) => matrix.columns[column]!.name);
    const limits = new Set(view.columns.map((column) => matrix.thresholds[column]!));
    const [one] = limits;
    const percents = [one!.focus, one!.mastered].map((value) => formatNumber(toPercent(value), language, 2)) as [string, string];
    const thresholds = limits.size === 1 ? say.thresholds(...percents) : say.varied;
    return drawHeat({
      title: `${group}: ${say.title[state.kind]}`,
      notes: [state.own === null ? thresholds : `${say.own}: ${thresholds}`, `${say.level}; ${say.thin}; · ${words.NOT_STARTED}`],
      corner,
      matrix,
      view,
      counts: countColumns(matrix, view.candidates),
      filter: state.status,
      sizes: sizesOf(view.rows.map((row) => matrix.rows[row]!.student.name), names, corner, measure),
      measure,
      font: getComputedStyle(document.body).fontFamily,
      colour: (token) => styles.getPropertyValue(token).trim(),
    });
  };
  return {
    csv: () => saveCsv(`${name}.csv`, heatCsv(matrix, view, state.status, words, say)),
    svg: () => save(`${name}.svg`, new Blob([draw().svg], { type: "image/svg+xml" })),
    png: () => void pngOf(draw()).then((image) => save(`${name}.png`, image)),
  };
}
