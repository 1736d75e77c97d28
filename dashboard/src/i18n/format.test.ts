import { describe, expect, test } from "vitest";
import { formatAgo, levelPercent, regionOf } from "./format";
import { firstLanguage } from "./language";

describe("format", () => {
  test("a level never contradicts its status", () => {
    expect([0.3996, 0.949, 0.95, 1, 0.29].map(levelPercent)).toEqual([39, 94, 95, 100, 29]);
  });

  test("times before now in the largest unit of which there are two", () => {
    const now = new Date("2026-11-27T12:00:00Z");
    const ago = (moment: string) => formatAgo(moment, now, "en");
    expect(ago("2026-11-27T11:59:30Z")).toBe("this minute");
    expect(ago("2026-11-26T11:00:00Z")).toBe("25 hours ago");
    expect(ago("2026-11-24T11:00:00Z")).toBe("3 days ago");
    expect(ago("2026-09-10T11:00:00Z")).toBe("2 months ago");
  });

  test("the viewer's region of the language", () => {
    expect(regionOf("en", ["de-AT", "en-GB"])).toBe("en-GB");
    expect(regionOf("de", ["en-GB"])).toBe("de");
  });

  test("the first language that exists", () => {
    expect(firstLanguage(null, ["fr-FR", "de-AT", "en"])).toBe("de");
    expect(firstLanguage("en", ["de-AT"])).toBe("en");
    expect(firstLanguage(null, ["fr"])).toBe("en");
  });
});
