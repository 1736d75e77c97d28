/** Pages share one document: a class that two pages lay out in their own way spoils the page that was opened first. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const FOLDER = new URL(".", import.meta.url);
const PAGES = ["class", "concepts", "heat", "login", "manage", "student", "trust"];

/** The classes that selectors of a file begin with, outside of `@media`. */
function classesOf(name: string): Set<string> {
  const rules = readFileSync(new URL(name, FOLDER), "utf8")
    .replace(/\/\*[^]*?\*\//g, "")
    .replace(/@media[^{]*\{(?:[^{}]*\{[^{}]*\})*\s*\}/g, "");
  const selectors = [...rules.matchAll(/([^{}]+)\{/g)].flatMap(([, selector]) => selector!.split(","));
  return new Set(selectors.flatMap((selector) => /^\s*\.([\w-]+)/.exec(selector)?.[1] ?? []));
}

test("no class is laid out by two pages", () => {
  const shared = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".css") && !PAGES.includes(name.slice(0, -4)))
    .map(classesOf);
  const owners = new Map<string, string[]>();
  for (const page of PAGES) {
    for (const name of classesOf(`${page}.css`)) {
      if (!shared.some((classes) => classes.has(name))) owners.set(name, [...(owners.get(name) ?? []), page]);
    }
  }
  expect([...owners].filter(([, pages]) => pages.length > 1)).toEqual([]);
});
