import { expect, test } from "vitest";
import { dueAt } from "./login_end";

const end = new Date("2026-03-01T12:00:00Z");
const before = (seconds: number) => new Date(end.getTime() - seconds * 1000);

test("a login that cannot be renewed is shown to end five minutes before", () => {
  expect(dueAt(end, before(3_600), false)).toEqual({ step: "wait", again: 3_300_000 });
  expect(dueAt(end, before(300), false)).toEqual({ step: "show", again: 300_000 });
  expect(dueAt(end, before(0), false).step).toBe("end");
});

test("others are renewed a minute before", () => {
  expect(dueAt(end, before(3_600), true)).toEqual({ step: "wait", again: 3_540_000 });
  expect(dueAt(end, before(60), true).step).toBe("renew");
  expect(dueAt(end, before(-1), true).step).toBe("end");
});

test("no timer is longer than timers can be", () => {
  expect(dueAt(end, before(90 * 86_400), false).again).toBe(86_400_000);
});
