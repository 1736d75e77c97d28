import { afterEach, beforeEach, expect, test } from "vitest";
import { absentSince, dayOf, isMorning, weekOf, weekStarts } from "./week";

const zone = process.env.TZ;
beforeEach(() => void (process.env.TZ = "Europe/Berlin"));
afterEach(() => void (process.env.TZ = zone));

test("a week starts at midnight six days ago, across the end of summer time too", () => {
  const { start, before } = weekStarts(new Date("2026-10-27T08:00:00+01:00"));
  expect(start.toISOString()).toBe("2026-10-20T22:00:00.000Z");
  expect(before.toISOString()).toBe("2026-10-13T22:00:00.000Z");
  expect(weekStarts(new Date("2026-10-31T23:59:00+01:00")).start.toISOString()).toBe("2026-10-24T22:00:00.000Z");
});

test("days are those of the viewer: just after midnight a new one", () => {
  expect(dayOf(new Date("2026-11-26T23:30:00Z"))).toBe("2026-11-27");
  expect(isMorning(new Date("2026-11-26T23:30:00Z"))).toBe(true);
  expect(isMorning(new Date("2026-11-27T11:00:00Z"))).toBe(false);
});

test("each day stands beside the same weekday of the week before, and days without a number count 0", () => {
  const points = [
    { day: "2026-11-20", answers: 7 },
    { day: "2026-11-14", answers: 3 },
    { day: "2026-11-21", answers: 5 },
    { day: "2026-11-27", answers: null },
  ];
  const week = weekOf(points, new Date("2026-11-27T09:00:00+01:00"));
  expect(week.map(({ day }) => day)).toEqual(["2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"]);
  expect(week[0]).toEqual({ day: "2026-11-21", answers: 5, before: 3 });
  expect(week[6]).toEqual({ day: "2026-11-27", answers: 0, before: 7 });
});

test("absent are those whose last answer was before the week, and those who never answered", () => {
  const start = new Date("2026-11-21T00:00:00+01:00");
  const students = [
    { name: "never", lastPracticedAt: null },
    { name: "before", lastPracticedAt: "2026-11-20T22:59:59Z" },
    { name: "first", lastPracticedAt: "2026-11-20T23:00:00Z" },
  ];
  expect(absentSince(students, start).map(({ name }) => name)).toEqual(["never", "before"]);
});
