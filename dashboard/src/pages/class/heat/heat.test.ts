import { describe, expect, test } from "vitest";
import { heatCsv } from "./heat_csv";
import { areThresholds, readHeat, writeHeat } from "./heat_address";
import { rampOf } from "./heat_legend";
import { linesOf, placeRules } from "./heat_sizes";
import { countColumns, sumCounts, viewOf, type Choice } from "./heat_view";
import { matrixOf, withPatches, type Confidences } from "./matrix";
import messages from "./messages";
import partMessages from "../../../parts/messages";
import { patchKey, type Change, type Patches } from "./patches";
import { move } from "./use_grid_keys";
import { columnRange, drawnPlaces, rangeOf } from "./use_window";

type HeatMap = Parameters<typeof matrixOf>[0];

const limits = { focus: 0.4, mastered: 0.95, comparison: "INCLUSIVE" } as HeatMap["thresholdGroups"][number]["thresholds"];
const heatmap: HeatMap = {
  kind: "SKILL",
  studentIds: ["a", "b", "c"],
  targetIds: ["verbs", "nouns", "texts"],
  // the service leaves out who was erased meanwhile
  students: [
    { id: "b", name: "Ben" },
    { id: "a", name: "Ada" },
  ],
  targets: [
    { id: "verbs", name: "Verbs", kind: "SKILL" },
    { id: "nouns", name: "Nouns", kind: "SKILL" },
    { id: "texts", name: "Texts", kind: "SKILL" },
  ] as HeatMap["targets"],
  levels: [
    [0.96, 0.5, null],
    [0.2, 0.3999, null],
    [0.3, 0.8, null],
  ],
  attempts: [
    [9, 6, 0],
    [2, 9, 0],
    [9, 0, 0],
  ],
  thresholdGroups: [{ targetIds: ["verbs", "nouns", "texts"], thresholds: limits }],
};
const confidences: Confidences = [
    ["HIGH", "MEDIUM", null],
    ["LOW", "MEDIUM", null],
    ["MEDIUM", "LOW", null],
  ];
const matrix = matrixOf(heatmap, confidences, null);
const every: Choice = { sort: null, status: null, only: null };
const names = (choice: Partial<Choice>) => viewOf(matrix, { ...every, ...choice }).rows.map((row) => matrix.rows[row]!.student.name);
const patchesOf = (...changes: Change[]): Patches =>
  new Map(changes.map((change) => [patchKey(change.studentId, change.targetId), { ...change, at: 0 }]));

describe("matrix", () => {
  test("statuses follow thresholds and levels; without answers a judged level has a status", () => {
    expect(matrix.rows.map(({ statuses }) => statuses)).toEqual([
      ["MASTERED", "LEARNING", "NOT_STARTED"],
      ["NEEDS_FOCUS", "NEEDS_FOCUS", "NOT_STARTED"],
      ["NEEDS_FOCUS", "LEARNING", "NOT_STARTED"],
    ]);
  });
  test("names are found by id", () => expect(matrix.rows.map(({ student }) => student.name)).toEqual(["Ada", "Ben", "c"]));
  test("a strict comparison has not reached a threshold at it", () => {
    const strict = { ...heatmap, thresholdGroups: [{ targetIds: ["nouns"], thresholds: { ...limits, focus: 0.5, comparison: "STRICT" } }] };
    expect(matrixOf(strict as HeatMap, confidences, null).rows[0]!.statuses[1]).toBe("NEEDS_FOCUS");
  });
  test("own thresholds replace those in force", () => {
    expect(matrixOf(heatmap, confidences, { focus: 0.6, mastered: 0.8 }).rows[2]!.statuses).toEqual(["NEEDS_FOCUS", "MASTERED", "NOT_STARTED"]);
  });
});

test("until the confidences have come, few answers are thin evidence", () => {
  expect(matrixOf(heatmap, null, null).rows[1]!.thin).toEqual([true, false, true]);
  expect(matrix.rows[2]!.thin).toEqual([false, true, false]);
});

describe("order", () => {
  test("most to do first, in rows and columns; unused columns are left out", () => {
    const view = viewOf(matrix, every);
    expect(view.rows).toEqual([1, 2, 0]);
    expect(view.columns).toEqual([0, 1]);
    expect(view.unused.map(({ name }) => name)).toEqual(["Texts"]);
  });
  test("by column in both directions, by name", () => {
    expect(names({ sort: { target: "nouns", descending: false } })).toEqual(["Ben", "Ada", "c"]);
    expect(names({ sort: { target: "nouns", descending: true } })).toEqual(["c", "Ada", "Ben"]);
    expect(names({ sort: { target: null, descending: true } })).toEqual(["c", "Ben", "Ada"]);
    expect(names({ sort: { target: "gone", descending: true } })).toEqual(["Ben", "c", "Ada"]);
  });
  test("what was not started is last in both directions", () => {
    const patched = withPatches(matrix, patchesOf({ studentId: "a", targetId: "texts", level: 0.1, attempts: 1, confidence: "LOW" }));
    for (const descending of [true, false]) expect(viewOf(patched, { ...every, sort: { target: "texts", descending } }).rows[0]).toBe(0);
  });
  test("only chosen students, and only those with a tile of the status", () => {
    expect(names({ only: ["a", "c"] })).toEqual(["c", "Ada"]);
    expect(names({ status: "MASTERED" })).toEqual(["Ada"]);
    expect(names({ status: "NOT_STARTED" })).toEqual([]);
    expect(names({ only: ["b"], status: "MASTERED" })).toEqual([]);
  });
  test("counts are of the shown columns", () => {
    expect(sumCounts(countColumns(matrix, [0, 1, 2]), [0, 1])).toEqual({ NEEDS_FOCUS: 3, LEARNING: 2, MASTERED: 1, NOT_STARTED: 0 });
  });
});

describe("changes", () => {
  const change: Change = { studentId: "b", targetId: "verbs", level: 0.97, attempts: 3, confidence: "HIGH" };
  test("only rows with a change are new objects", () => {
    const after = withPatches(matrix, patchesOf(change));
    expect(after.rows[0]).toBe(matrix.rows[0]);
    expect(after.rows[1]!.statuses).toEqual(["MASTERED", "NEEDS_FOCUS", "NOT_STARTED"]);
    expect(after.rows[1]!.thin[0]).toBe(false);
    expect(matrix.rows[1]!.levels[0]).toBe(0.2);
  });
  test("a change with fewer answers than the reply is older than it", () => {
    expect(withPatches(matrix, patchesOf({ ...change, attempts: 1 })).rows[1]).toBe(matrix.rows[1]);
  });
});

describe("address", () => {
  test("what is read was written; the rest of the address stays", () => {
    const written = writeHeat(new URLSearchParams("x=1"), {
      kind: "CONCEPT",
      sort: { target: "a:b", descending: true },
      status: "NEEDS_FOCUS",
      own: { focus: 0.455, mastered: 0.9 },
    });
    expect(written.get("x")).toBe("1");
    expect(readHeat(written)).toEqual({ kind: "CONCEPT", sort: { target: "a:b", descending: true }, status: "NEEDS_FOCUS", own: { focus: 0.455, mastered: 0.9 } });
    expect(writeHeat(written, { kind: "SKILL", sort: null, status: null, own: null }).toString()).toBe("x=1");
  });
  test("another kind has other columns to sort by, but the same names", () => {
    expect(writeHeat(new URLSearchParams("sort=asc%3Averbs"), { kind: "CONCEPT" }).get("sort")).toBeNull();
    expect(writeHeat(new URLSearchParams("sort=asc%3A"), { kind: "CONCEPT" }).get("sort")).toBe("asc:");
  });
  test("thresholds that make no sense are not used", () => {
    for (const search of ["focus=50", "focus=90&mastered=50", "focus=x&mastered=90", "focus=0&mastered=50", "focus=50&mastered=101"]) {
      expect(readHeat(new URLSearchParams(search)).own).toBeNull();
    }
    expect(areThresholds({ focus: 0.4, mastered: 1 })).toBe(true);
  });
});

test("the legend's steps follow the thresholds and leave no gap", () => {
  expect(rampOf({ focus: 0.4, mastered: 0.95 }).map(({ from, to }) => `${from}-${to}`)).toEqual(["0-19", "20-39", "40-69", "70-94", "95-100"]);
  expect(rampOf({ focus: 0.75, mastered: 0.8 }).map(({ from, to }) => `${from}-${to}`)).toEqual(["0-37", "38-74", "75-79", "80-100"]);
  expect(rampOf({ focus: 0.4, mastered: 0.6 }).map(({ step }) => step)).toEqual([1, 2, 3, 5]);
});

test("the CSV has the order, filter, thresholds and thin evidence of the screen", () => {
  const own = matrixOf(heatmap, confidences, { focus: 0.35, mastered: 0.9 });
  const view = viewOf(own, { ...every, status: "NEEDS_FOCUS", sort: { target: "verbs", descending: true } });
  expect(heatCsv(own, view, "NEEDS_FOCUS", partMessages.en.status, messages.en)).toEqual([
    ["Student", "Verbs", "Nouns", "Verbs: status", "Nouns: status", "Verbs: thin evidence", "Nouns: thin evidence", "Focus below (%)", "Mastered from (%)"],
    ["c", 30, null, "needs focus", null, "no", null, 35, 90],
    ["Ben", 20, null, "needs focus", null, "yes", null, 35, 90],
  ]);
});

test("keys move inside the table, to the heads and the names", () => {
  const from = { row: 0, column: 0 };
  expect(move(from, "ArrowUp", 3, 2, false)).toEqual({ row: -1, column: 0 });
  expect(move(from, "ArrowLeft", 3, 2, false)).toEqual({ row: 0, column: -1 });
  expect(move(from, "PageDown", 3, 2, false)).toEqual({ row: 2, column: 0 });
  expect(move(from, "End", 3, 2, true)).toEqual({ row: 2, column: 1 });
  expect(move(from, "a", 3, 2, false)).toBeNull();
});

test("drawn rows cover those in sight", () => {
  for (let scrolled = 0; scrolled <= 30_000; scrolled += 97) {
    const { first, last } = rangeOf(scrolled, 700, 30, 1000);
    expect(first).toBeLessThanOrEqual(Math.max(0, Math.floor(scrolled / 30) - 3));
    expect(last).toBeGreaterThanOrEqual(Math.min(1000, Math.ceil((scrolled + 700) / 30) + 3));
    expect(last - first).toBeLessThanOrEqual(45);
  }
});

test("drawn columns cover those in sight", () => {
  const sizes = { name: 100, columns: Array.from({ length: 54 }, (_, column) => 50 + (column % 5) * 10) };
  const starts = sizes.columns.map((_, column) => sizes.columns.slice(0, column).reduce((sum, width) => sum + width + 2, 102));
  for (let scrolled = 0; scrolled <= 3_000; scrolled += 37) {
    const { first, last } = columnRange(scrolled, 900, sizes);
    starts.forEach((start, column) => {
      if (start + sizes.columns[column]! > scrolled && start < scrolled + 900) expect(column >= first && column < last).toBe(true);
    });
    expect(last - first).toBeLessThan(26);
  }
});

test("the tab stop is drawn in its order", () => {
  expect(drawnPlaces(4, 6, null)).toEqual([4, 5]);
  expect(drawnPlaces(4, 6, -1)).toEqual([4, 5]);
  expect(drawnPlaces(4, 6, 2)).toEqual([2, 4, 5]);
  expect(drawnPlaces(4, 6, 9)).toEqual([4, 5, 9]);
});

test("a row that is drawn in part has the places of the whole row", () => {
  const sizes = { name: 100, columns: [50, 60, 70, 80] };
  expect(placeRules(sizes).split("\n")).toEqual([
    ".heat .p0 { left: 102px; width: 50px }",
    ".heat .p1 { left: 154px; width: 60px }",
    ".heat .p2 { left: 216px; width: 70px }",
    ".heat .p3 { left: 288px; width: 80px }",
  ]);
});

test("names break at spaces", () => expect(linesOf("Definite and indefinite articles", 66, (text) => 6.3 * text.length)).toEqual(["Definite", "and", "indefinite", "articles"]));
