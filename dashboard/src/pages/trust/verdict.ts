/** Whether forecasts may be relied on: the rule of the design, and the model that it is applied to. */
import type { TrustComparisonQuery } from "../../generated/documents";

export type Comparison = TrustComparisonQuery["modelComparison"];
export type Quality = Comparison["models"][number];
export type Verdict = "yes" | "care" | "unknown";

const FEWEST_FORECASTS = 500;
const LARGEST_GAP = 0.05;
const FEWEST_PAIRS = 0.7;

/**
 * The model that stands for the levels, on students that it has not seen.
 *
 * A fit that is in effect has seen these students, so the fit to the other students stands for it. Where the levels
 * predict exactly as the built-in values do, the built-in values are in effect, which have seen no student.
 */
export function judgedModel({ kind, models }: Comparison): Quality | undefined {
  const named = (name: Quality["model"]) => models.find(({ model }) => model === name);
  const builtIn = named(kind === "CONCEPT" ? "BKT_CONCEPT_DEFAULT" : "BKT_SKILL_DEFAULT");
  const inEffect = named("BKT_IN_EFFECT");
  const isBuiltIn = builtIn !== undefined && inEffect?.metrics.logLoss === builtIn.metrics.logLoss;
  return isBuiltIn ? builtIn : named("BKT_FITTED");
}

/** The mean distance between forecast and outcome over the bins, weighted by their answers. */
export function meanGap({ calibration }: Quality): number {
  const answers = calibration.reduce((sum, bin) => sum + bin.answers, 0);
  return calibration.reduce((sum, bin) => sum + bin.answers * Math.abs(bin.predicted - bin.correct), 0) / Math.max(1, answers);
}

export function verdictOf(quality: Quality | undefined): Verdict {
  if (quality === undefined || quality.metrics.answers < FEWEST_FORECASTS) return "unknown";
  return meanGap(quality) <= LARGEST_GAP && (quality.metrics.auc ?? 0) >= FEWEST_PAIRS ? "yes" : "care";
}

/** Whether the levels as they are now predict worse than the plain share of correct answers. */
export function isWorseThanCounting({ models }: Comparison): boolean {
  const named = (name: Quality["model"]) => models.find(({ model }) => model === name)?.metrics.logLoss;
  const inEffect = named("BKT_IN_EFFECT");
  const counting = named("RATIO");
  return inEffect !== undefined && counting !== undefined && inEffect > counting;
}

/** Models worth a line: held-out ones; without the built-in values of the other kind, and without twins of a model. */
export function comparedModels({ kind, models }: Comparison): Quality[] {
  const other = kind === "CONCEPT" ? "BKT_SKILL_DEFAULT" : "BKT_CONCEPT_DEFAULT";
  const fitted = models.find(({ model }) => model === "BKT_FITTED");
  return models.filter(({ model, metrics }) => {
    if (model === "BKT_IN_EFFECT" || model === other) return false;
    return model !== "BKT_FITTED_BY_QUESTION" || metrics.logLoss !== fitted?.metrics.logLoss;
  });
}

const Z = 1.645;

/** The 90 % interval of a share (E. B. Wilson, 1927). */
export function shareInterval(share: number, answers: number): { low: number; high: number } {
  const square = (Z * Z) / answers;
  const middle = (share + square / 2) / (1 + square);
  const half = (Z / (1 + square)) * Math.sqrt((share * (1 - share)) / answers + square / (4 * answers));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
