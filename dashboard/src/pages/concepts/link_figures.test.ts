import { expect, test } from "vitest";
import { ratio, shownLinks, side } from "./link_figures";
import messages from "./links_messages";

const LINK = { verdict: "SUPPORTED", studentsWith: 228, studentsWithout: 148, shareWith: 0.8246, shareWithout: 0.3041, oddsRatio: 4.912, low: 2.4, high: 10.04 };
const NONE = { verdict: "TOO_FEW_ANSWERS", studentsWith: null, studentsWithout: null, shareWith: null, shareWithout: null, oddsRatio: null, low: null, high: null };

test("sides and odds ratios follow the language", () => {
  expect(side(LINK.shareWith, LINK.studentsWith, messages.en)).toBe("82% of 228");
  expect(side(LINK.shareWithout, LINK.studentsWithout, messages.de)).toBe("30 % von 148");
  expect(ratio(LINK, messages.en, "en")).toBe("4.9 (2.4 to 10)");
  expect(ratio(LINK, messages.de, "de")).toBe("4,9 (2,4 bis 10)");
});

test("a link with too few answers has no figures, and is shown only among all", () => {
  expect(side(NONE.shareWith, NONE.studentsWith, messages.en)).toBe("fewer than 10");
  expect(ratio(NONE, messages.en, "en")).toBeNull();
  expect(shownLinks([LINK, NONE], false)).toEqual([LINK]);
  expect(shownLinks([LINK, NONE], true)).toEqual([LINK, NONE]);
});
