import { expect, test } from "vitest";
import { bearerOf, endOf, isJwt, roleOf, subjectOf } from "./token_claims";

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const token = (claims: unknown) => `${encode({ alg: "RS256" })}.${encode(claims)}.signature`;

test("claims are read, also with letters that base64url writes in its own way", () => {
  const jürgen = token({ iss: "https://login.example", sub: "jürgen?>~", role: "student", exp: 1_700_000_000.5 });
  expect([subjectOf(jürgen), roleOf(jürgen), endOf(jürgen)?.getTime()]).toEqual(["jürgen?>~", "student", 1_700_000_000_500]);
});

test("a token and the one that follows it have one bearer", () => {
  const claims = { iss: "a", sub: "anna", role: "teacher" };
  expect(bearerOf(token({ ...claims, exp: 1 }))).toBe(bearerOf(token({ ...claims, exp: 2 })));
  expect(bearerOf(token(claims))).not.toBe(bearerOf(token({ ...claims, role: "admin" })));
  expect(bearerOf("opaque-1")).not.toBe(bearerOf("opaque-2"));
});

test("what is no JWT, and claims of other types, say nothing", () => {
  for (const text of ["", "opaque", "a.b", "a.b.c", "a.!!!.c", `a.${encode(null)}.c`, `a.${encode(7)}.c`]) {
    expect([isJwt(text), endOf(text), roleOf(text), subjectOf(text)]).toEqual([false, null, null, null]);
  }
  const odd = token({ exp: "tomorrow", role: "headmaster", sub: 7 });
  expect([isJwt(odd), endOf(odd), roleOf(odd), subjectOf(odd)]).toEqual([true, null, null, null]);
});
