/** The last seven days of a class against the seven before them, in the time zone of the viewer. */

/** In larger classes, nothing is compared with last week: the service replays every answer for that. */
export const LARGEST_TO_COMPARE = 200;

export interface ActivityDay {
  day: string;
  answers: number | null;
}

export interface WeekDay {
  /** "2026-11-24" */
  day: string;
  answers: number;
  before: number;
}

/** The start of the day that is `days` before the day of `now`, where the clock of the viewer says so. Days have 23 to 25 hours. */
export function startOfDay(now: Date, days: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
}

/** The start of this week and of the week before: this week ends today. */
export function weekStarts(now: Date): { start: Date; before: Date } {
  return { start: startOfDay(now, 6), before: startOfDay(now, 13) };
}

/** "2026-11-24", as the service writes days, in the time zone of the viewer. */
export function dayOf(date: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** A day as a moment that no time zone moves to another day: to write its name. */
export function noonOf(day: string): Date {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(year!, month! - 1, date!, 12);
}

/** Each day of this week beside the same weekday of the week before. Days without a number count 0. */
export function weekOf(points: readonly ActivityDay[], now: Date): WeekDay[] {
  const answers = new Map(points.map((point) => [point.day, point.answers ?? 0]));
  return [6, 5, 4, 3, 2, 1, 0].map((ago) => {
    const day = dayOf(startOfDay(now, ago));
    return { day, answers: answers.get(day) ?? 0, before: answers.get(dayOf(startOfDay(now, ago + 7))) ?? 0 };
  });
}

/** Whether today is so short yet that its bar misleads. */
export function isMorning(now: Date): boolean {
  return now.getHours() < 12;
}

/** The students without an answer since a moment. */
export function absentSince<Student extends { lastPracticedAt: string | null }>(students: readonly Student[], start: Date): Student[] {
  return students.filter(({ lastPracticedAt }) => lastPracticedAt === null || new Date(lastPracticedAt) < start);
}
