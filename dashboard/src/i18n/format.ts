/** Numbers, times and lists as the language writes them, in the time zone of the viewer. */
import type { Language } from "./language";

/** The viewer's own region of a language, for forms of dates and numbers: British viewers do not read "Nov 22, 6:29 PM". */
export function regionOf(language: Language, preferred: readonly string[] = globalThis.navigator?.languages ?? []): string {
  return preferred.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
}

/** A level in whole per cent, rounded down, so that a number never contradicts its status: 0.3996 is 39, 0.949 is 94. */
export function levelPercent(level: number): number {
  return Math.floor(level * 100 + 1e-9);
}

/** Any other share in whole per cent, to the nearest. */
export function percent(share: number): number {
  return Math.round(share * 100);
}

export function formatNumber(value: number, language: Language, digits = 0): string {
  return new Intl.NumberFormat(regionOf(language), { maximumFractionDigits: digits }).format(value);
}

/** "22 Nov, 18:29" */
export function formatMoment(moment: string | Date, language: Language): string {
  return new Intl.DateTimeFormat(regionOf(language), { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(new Date(moment));
}

/** "22 Nov" */
export function formatDay(moment: string | Date, language: Language): string {
  return new Intl.DateTimeFormat(regionOf(language), { day: "numeric", month: "short" }).format(new Date(moment));
}

/** "18:12" */
export function formatTime(moment: string | Date, language: Language): string {
  return new Intl.DateTimeFormat(regionOf(language), { hour: "2-digit", minute: "2-digit" }).format(new Date(moment));
}

/** "Yara, Anton and Milo" */
export function formatList(words: readonly string[], language: Language): string {
  return new Intl.ListFormat(regionOf(language), { type: "conjunction" }).format(words);
}

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "11 weeks ago": in the largest unit of which there are at least two, else the smaller one. */
export function formatAgo(moment: string | Date, now: Date, language: Language): string {
  const seconds = (new Date(moment).getTime() - now.getTime()) / 1000;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= 2 * length) ?? ["minute", 60];
  return new Intl.RelativeTimeFormat(regionOf(language), { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

/** One of two forms: `plural(1, "answer", "answers")`. English and German need no more. */
export function plural(count: number, one: string, other: string): string {
  return count === 1 ? one : other;
}

export function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
