import { expect, test } from "vitest";
import { wrapText } from "./wrap_text";

const wrap = (text: string, most?: number) => wrapText(text, 10, ({ length }) => length, most);

test("lines break at spaces", () => {
  expect(wrap("Dative")).toEqual(["Dative"]);
  expect(wrap("Two way prepositions")).toEqual(["Two way", "prepositi…"]);
  expect(wrap("a b c d e f g")).toEqual(["a b c d e", "f g"]);
});

test("what does not fit ends with an ellipsis", () => {
  expect(wrap("one two three four five six", 2)).toEqual(["one two", "three fou…"]);
  expect(wrap("")).toEqual([]);
});
