/** The student's page on the demo class: its numbers are those of the API, and its controls do what they say. */
import type { Page } from "@playwright/test";
import { readFile } from "node:fs/promises";
import { ask, expect, expectAccessible, screenshot, test } from "./fixtures";

interface Step {
  correct: boolean;
  before: number;
  pCorrect: number;
  posterior: number;
  after: number;
}

interface Reply {
  student: {
    id: string;
    name: string;
    rootCauses: { causes: { conceptId: string; level: number; concept: { name: string }; blocks: { name: string }[] }[] };
    readyToLearn: { concept: { name: string } }[];
    due: { mastery: { target: { name: string } } }[];
    masteries: { nodes: { level: number; confidence: string; target: { name: string; kind: string } }[] };
  };
}

interface Why {
  student: {
    explain: { level: number; attempts: number; steps: Step[] };
    forecast: { answersToMastery: number | null; pMasteredWithin: number[] };
    simulate: { after: number }[];
    answers: { totalCount: number };
  };
}

/** A level as it is shown: rounded down. */
const level = (value: number) => `${Math.floor(value * 100 + 1e-9)}%`;
const nearest = (value: number) => `${Math.round(value * 100)}%`;

const STUDENT = `id name
  rootCauses(first: 3) { causes { conceptId level concept { name } blocks { name } } }
  readyToLearn(first: 3) { concept { name } }
  due(first: 3) { mastery { target { name } } }
  masteries(first: 500, orderBy: LEVEL_ASC) { nodes { level confidence target { name kind } } }`;

/** The first student of the class with a root cause that blocks others. */
async function studentWithCause(page: Page): Promise<Reply["student"]> {
  const query = `{ group(id: "demo") { rootCauses(first: 1) { causes { blockedStudents(first: 1) { nodes { student { ${STUDENT} } } } } } } }`;
  type Held = { group: { rootCauses: { causes: { blockedStudents: { nodes: { student: Reply["student"] }[] } }[] } } };
  const { group } = await ask<Held>(page.request, query);
  return group.rootCauses.causes[0]!.blockedStudents.nodes[0]!.student;
}

function whyOf(page: Page, student: string, concept: string): Promise<Why> {
  return ask<Why>(
    page.request,
    `{ student(id: "${student}") {
      explain(conceptId: "${concept}", last: 100) { level attempts steps { correct before pCorrect posterior after } }
      forecast(conceptId: "${concept}") { answersToMastery pMasteredWithin }
      simulate(conceptId: "${concept}", outcomes: [true, true, false]) { after }
      answers(conceptId: "${concept}") { totalCount }
    } }`,
  );
}

const card = (page: Page, name: string | RegExp) => page.getByRole("region", { name, exact: typeof name === "string" });

test("cause, reason, next steps, and levels are those of the API", async ({ page }) => {
  const student = await studentWithCause(page);
  const cause = student.rootCauses.causes[0]!;
  const { student: why } = await whyOf(page, student.id, cause.conceptId);
  await page.goto(`/dashboard/classes/demo/students/${student.id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(student.name);

  const hero = page.locator(".hero");
  await expect(hero.getByRole("heading")).toHaveText(cause.concept.name);
  await expect(hero).toContainText(`At ${level(cause.level)} after ${why.explain.attempts} answers`);
  for (const { name } of cause.blocks.slice(0, 3)) await expect(hero).toContainText(name);
  await expect(hero.getByRole("link", { name: "Show in the concept map" })).toHaveAttribute(
    "href",
    `/dashboard/classes/demo/concepts?student=${student.id}&target=concept%3A${cause.conceptId}`,
  );

  await expect(page.locator("#why")).toContainText(`Why is this level ${level(why.explain.level)}?`);
  await expect(page.locator("#why .dot")).toHaveCount(Math.min(100, why.explain.attempts));
  for (const { concept } of student.readyToLearn) await expect(card(page, "Next three")).toContainText(concept.name);
  for (const { mastery } of student.due) await expect(card(page, "Due for review")).toContainText(mastery.target.name);

  const levels = card(page, "Levels");
  const concepts = student.masteries.nodes.filter(({ target }) => target.kind === "CONCEPT");
  await levels.getByRole("button", { name: /Show the other \d+ concepts/ }).click();
  const rows = levels.getByRole("list", { name: "Concepts" }).locator(".lvl");
  await expect(rows).toHaveCount(concepts.length);
  await expect(rows.locator(".v")).toHaveText(concepts.map((one) => new RegExp(`${level(one.level)}`)));
  await expect(rows.locator(".iv.thin")).toHaveCount(concepts.filter(({ confidence }) => confidence === "LOW").length);
});

test("a dot fills the four steps, by click and by keyboard", async ({ page }) => {
  const student = await studentWithCause(page);
  const { conceptId } = student.rootCauses.causes[0]!;
  const { student: why } = await whyOf(page, student.id, conceptId);
  await page.goto(`/dashboard/classes/demo/students/${student.id}`);
  const dots = page.locator("#why .dot");
  const { steps, attempts } = why.explain;
  const expectStep = async (index: number) => {
    const { correct, before, pCorrect, posterior, after } = steps[index]!;
    await expect(page.locator("#why .steps b")).toHaveText([level(before), nearest(pCorrect), level(posterior), level(after)]);
    const number = attempts - steps.length + index + 1;
    await expect(page.locator("#why h3").first()).toContainText(`Answer ${number} of ${attempts}`);
    await expect(page.locator("#why h3").first()).toContainText(correct ? "right" : "wrong");
    await expect(dots.nth(index)).toHaveAttribute("aria-pressed", "true");
  };
  await dots.nth(2).click();
  await expectStep(2);
  await dots.nth(2).press("ArrowRight");
  await expectStep(3);
  await expect(dots.nth(3)).toBeFocused();
  await page.keyboard.press("End");
  await expectStep(steps.length - 1);
  await expect(page.locator('#why .dot[tabindex="0"]')).toHaveCount(1);
  await page.getByRole("button", { name: "By date" }).click();
  await expect(page).toHaveURL(/across=date/);
  await expectStep(steps.length - 1);
});

test("the forecast and a typed run are those of the API", async ({ page }) => {
  const student = await studentWithCause(page);
  const { conceptId } = student.rootCauses.causes[0]!;
  const { student: why } = await whyOf(page, student.id, conceptId);
  await page.goto(`/dashboard/classes/demo/students/${student.id}?target=concept:${conceptId}`);
  const { answersToMastery, pMasteredWithin } = why.forecast;
  const title = answersToMastery === null ? "More than 100 answers" : new RegExp(`About ${Math.round(answersToMastery)} more answers?`);
  const forecast = card(page, title);
  const bound = pMasteredWithin.findIndex((chance) => chance >= 0.8) + 1;
  if (answersToMastery !== null) {
    await expect(forecast).toContainText(bound > 0 ? `In 4 of 5 cases within ${bound}.` : "In 4 of 5 cases it takes more than 100.");
  }
  await forecast.getByLabel("Or type a run").fill("rrw");
  await expect(forecast.getByRole("status")).toContainText(`The level would be ${level(why.simulate.at(-1)!.after)}.`);
  await forecast.getByLabel("Or type a run").fill("rx");
  await expect(forecast).toContainText("“x” stands for no answer");
  await forecast.getByRole("button", { name: /^right \d+/ }).click();
  await expect(forecast.getByRole("status")).toContainText(level(why.simulate[0]!.after));
});

test("a level opens Why, all answers can be paged and downloaded, and the class is at hand", async ({ page }) => {
  const student = await studentWithCause(page);
  const skill = student.masteries.nodes.find(({ target }) => target.kind === "SKILL")!;
  await page.goto(`/dashboard/classes/demo/students/${student.id}`);
  await card(page, "Levels").getByRole("link", { name: skill.target.name, exact: true }).click();
  await expect(page).toHaveURL(/target=skill%3A/);
  await expect(page.locator("#why h2")).toHaveText(skill.target.name);
  await expect(page.locator("#why h2")).toBeFocused();
  await expect(card(page, `Lately in ${skill.target.name}`)).toBeVisible();

  const history = card(page, "Latest answers");
  await history.getByRole("button", { name: "All answers" }).click();
  const { student: all } = await ask<{ student: { answers: { totalCount: number } } }>(page.request, `{ student(id: "${student.id}") { answers(first: 1) { totalCount } } }`);
  await expect(history.getByRole("status").last()).toHaveText(`1–10 of ${all.answers.totalCount}`);
  await history.getByRole("button", { name: "Older" }).click();
  await expect(history.getByRole("status").last()).toHaveText(`11–20 of ${all.answers.totalCount}`);
  const [file] = await Promise.all([page.waitForEvent("download"), history.getByRole("button", { name: "Download CSV" }).click()]);
  const lines = (await readFile(await file.path(), "utf8")).trim().split("\r\n").slice(1);
  expect(new Set(lines.map((line) => line.split(",").at(-1))).size).toBe(all.answers.totalCount);

  const picker = page.getByLabel("Student");
  const other = await picker.locator("option:not(:checked)").first().textContent();
  await picker.selectOption({ label: other! });
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(other!);
  await expect(page.locator("#why h2")).toHaveText(skill.target.name);
});

test("a student's own view says you, and selects nothing that is for staff", async ({ page }) => {
  const student = await studentWithCause(page);
  const documents: string[] = [];
  await page.route("**/graphql", async (route) => {
    const { operationName = "" } = route.request().postDataJSON() as { operationName?: string };
    documents.push(operationName);
    if (operationName !== "StudentHead") return route.continue();
    const reply = await route.fetch();
    const json = (await reply.json()) as { data: { me: { role: string } } };
    json.data.me.role = "STUDENT";
    return route.fulfill({ response: reply, json });
  });
  await page.goto(`/dashboard/students/${student.id}`);
  await expect(page.locator(".hero")).toContainText("Work on this first");
  await expect(page.locator("#why .steps")).toContainText("sure beforehand that you know it");
  await expect(card(page, "Levels").locator(".lvl").first()).toBeVisible();
  await expect(page.getByRole("link", { name: "Show in the concept map" })).toHaveCount(0);
  expect(documents).toContain("StudentWhy");
  expect(documents).not.toContain("StudentWhyStaff");
  expect(documents).not.toContain("StudentClassmates");
  await page.goto("/dashboard/classes/demo/students/nobody");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/does not exist/);
});

test("a part that fails leaves the others, and can be tried again", async ({ page, watched }) => {
  watched.allowed.push(/500/);
  const student = await studentWithCause(page);
  let broken = true;
  await page.route("**/graphql", (route) => {
    const isNext = (route.request().postData() ?? "").includes("StudentNext");
    return broken && isNext
      ? route.fulfill({ json: { data: { student: null }, errors: [{ message: "broken", path: ["student"], extensions: { code: "INTERNAL" } }] } })
      : route.continue();
  });
  await page.goto(`/dashboard/classes/demo/students/${student.id}`);
  const next = card(page, "Next three");
  await expect(next.getByRole("alert")).toContainText("could not be loaded");
  await expect(page.locator("#why .dot").first()).toBeVisible();
  broken = false;
  await next.getByRole("button", { name: "Try again" }).click();
  await expect(next).toContainText(student.readyToLearn[0]!.concept.name);
});

test("all answers on a phone, in the dark", async ({ page }) => {
  const student = await studentWithCause(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 320, height: 900 });
  await page.goto(`/dashboard/classes/demo/students/${student.id}?answers=all`);
  await expect(page.locator("#why .dot").first()).toBeVisible();
  await expect(card(page, "Latest answers").getByRole("row").nth(5)).toBeVisible();
  await expect(card(page, "Levels").locator(".lvl").first()).toBeVisible();
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test("in German", async ({ page }) => {
  const student = await studentWithCause(page);
  await page.addInitScript(() => localStorage.setItem("language", "de"));
  await page.setViewportSize({ width: 390, height: 900 });
  await page.goto(`/dashboard/classes/demo/students/${student.id}`);
  await expect(page.locator("#why")).toContainText("Was ihn gesenkt hat:");
  await expect(card(page, "Die nächsten drei")).toContainText("Öffnet");
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await screenshot(page, "student-german-390");
});
