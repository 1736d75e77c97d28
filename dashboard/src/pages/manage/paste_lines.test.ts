import { describe, expect, test } from "vitest";
import { MOST_LINES, parseLines } from "./paste_lines";

describe("parseLines", () => {
  test("reads commas, semicolons, tabs and ids alone, and leaves a header out", () => {
    const { students, faults } = parseLines('id, name\nyara, Yara Egret\nben;Egret, Ben\nmilo\tMilo\n\nnina\nada,"Ada ""A"" Lark"\n');
    expect(students).toEqual([
      { id: "yara", name: "Yara Egret" },
      { id: "ben", name: "Egret, Ben" },
      { id: "milo", name: "Milo" },
      { id: "nina", name: null },
      { id: "ada", name: 'Ada "A" Lark' },
    ]);
    expect(faults).toEqual([]);
  });

  test("names the lines that it cannot use, counted from 1", () => {
    const { students, faults } = parseLines(`yara\n, Nobody\nyara, Again\n${"x".repeat(201)}\nben,${"n".repeat(101)}`);
    expect(students.map(({ id }) => id)).toEqual(["yara"]);
    expect(faults.map(({ line, kind }) => [line, kind])).toEqual([
      [2, "noId"],
      [3, "repeated"],
      [4, "longId"],
      [5, "longName"],
    ]);
  });

  test("takes a limited number of lines", () => {
    const { students, faults } = parseLines(Array.from({ length: MOST_LINES + 1 }, (_, n) => `s${n}`).join("\n"));
    expect(students).toHaveLength(MOST_LINES);
    expect(faults[0]).toMatchObject({ line: MOST_LINES + 1, kind: "tooMany" });
  });
});
