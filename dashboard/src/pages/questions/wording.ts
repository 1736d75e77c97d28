/** How figures of a question are written. */
import type { EstimateFragment, QuestionFragment } from "../../generated/documents";
import { formatNumber, percent } from "../../i18n/format";
import type { Language } from "../../i18n/language";
import type messages from "./messages";

export type Say = (typeof messages)["en"];

/** "0.42 (0.1 to 0.7)", or why it is not known. */
export function estimate({ value, low, high, reason }: EstimateFragment, say: Say, language: Language): string {
  const digits = (number: number) => formatNumber(number, language, 2).replace("-", "−");
  if (value === null) return missing(reason, say);
  return low === null || high === null ? digits(value) : say.range(digits(value), digits(low), digits(high));
}

/** "24 in 100 (10 to 41)", or why it is not known. */
export function frequency({ value, low, high, reason }: EstimateFragment, say: Say, language: Language): string {
  const whole = (share: number) => formatNumber(percent(share), language);
  if (value === null) return missing(reason, say);
  const count = say.ofHundred(whole(value));
  return low === null || high === null ? count : say.range(count, whole(low), whole(high));
}

export function missing(reason: EstimateFragment["reason"], say: Say): string {
  return reason === null ? say.unknown : say.reasons[reason];
}

export function shareCorrect({ correct, analysedAnswers }: QuestionFragment): number | null {
  return analysedAnswers === 0 ? null : correct / analysedAnswers;
}

/** "64%" */
export function share(value: number | null, say: Say): string {
  return value === null ? say.unknown : `${percent(value)}%`;
}
