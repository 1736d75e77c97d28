/** "57.5%" in English, "57,5 %" in German. */
import type { Language } from "../../i18n/language";

export function percentWords(share: number, language: Language): string {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 4 }).format(share);
}
