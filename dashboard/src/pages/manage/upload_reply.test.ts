import { expect, test } from "vitest";
import { countsOf, refusalIn } from "./upload_reply";

test("a refused upload names field and value, and any other error its status", () => {
  const body = { errors: [{ message: "timeZone: must name a time zone", extensions: { code: "INVALID_INPUT", field: "timeZone", rule: "must name", value: "Mars" } }] };
  expect(refusalIn(body, 400)).toMatchObject({ code: "INVALID_INPUT", field: "timeZone", value: "Mars" });
  expect(refusalIn(null, 502)).toEqual({ code: "HTTP_502", message: "HTTP 502", field: "", rule: "", value: "" });
});

test("a run that has counted nothing yet has zeros", () => {
  expect(countsOf({})).toMatchObject({ rows: 0, recorded: 0, rejectedRows: [] });
  expect(countsOf({ rows: 3, recorded: 2, rejected: 1, rejectedRows: [{ line: 2 }] })).toMatchObject({ rows: 3, rejected: 1, rejectedRows: [{ line: 2 }] });
});
