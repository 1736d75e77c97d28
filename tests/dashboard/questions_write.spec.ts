/** Questions with answers of their own, which the test records: the page's numbers are those of the API. */
import { readFile } from "node:fs/promises";
import type { APIRequestContext } from "@playwright/test";
import { ask, expect, expectAccessible, screenshot, test } from "./fixtures";

const SERVICE = process.env.DASHBOARD_WRITE_URL;
test.skip(SERVICE === undefined, "DASHBOARD_WRITE_URL names no writable service");
test.use({ baseURL: SERVICE });

const SKILL = "listening_everyday";
const QUESTIONS = 24;

interface Estimate {
  value: number | null;
  low: number | null;
  high: number | null;
}

interface Question {
  questionId: string;
  answers: number;
  correct: number;
  analysedAnswers: number;
  warnings: string[];
  suggestionReason: string;
  medianSeconds: number | null;
  difficulty: Estimate;
  discrimination: Estimate;
}

/** A number from 0 to 1 that looks random, the same in every run. */
const dealt = (seed: number) => {
  const value = Math.sin(seed * 12.9898) * 43758.5453;
  return value - Math.floor(value);
};

/** Each student of the demo answers each question: question 0 works backwards, question 1 is answered too fast. */
async function recordAnswers(request: APIRequestContext): Promise<void> {
  const { group } = await ask<{ group: { members: { nodes: { id: string }[] } } }>(request, '{ group(id: "demo") { members(first: 100) { nodes { id } } } }');
  const answers = group.members.nodes.flatMap(({ id }, student) =>
    Array.from({ length: QUESTIONS }, (_, question) => {
      const isStrong = student % 2 === 0;
      const chance = question === 0 ? (isStrong ? 0.15 : 0.9) : (isStrong ? 0.95 : 0.35) - (question % 4) * 0.1;
      const seconds = question === 1 && student % 3 === 0 ? 0.5 : 15 + 10 * dealt(student + question);
      return {
        id: `question-test-${id}-${question}`,
        studentId: id,
        skillCodes: [SKILL],
        questionId: `q-${String(question).padStart(2, "0")}`,
        correct: dealt(student * 31 + question * 7 + 1) < chance,
        responseTime: seconds,
        at: new Date(Date.UTC(2026, 0, 5, 8, (question * 7 + 5) % QUESTIONS, student)).toISOString(),
      };
    }),
  );
  const query = "mutation($answers: [AnswerInput!]!) { recordAnswers(input: { answers: $answers }) { failure { message } } }";
  const { recordAnswers: recorded } = await ask<{ recordAnswers: { failure: unknown } }>(request, query, { answers });
  expect(recorded.failure).toBeNull();
}

async function analysis(request: APIRequestContext, order: string): Promise<Question[]> {
  const query = `query($skill: ID!, $order: QuestionOrder!) { skill(code: $skill) { itemAnalysis(groupId: "demo", orderBy: $order, first: 500) { nodes {
    questionId answers correct analysedAnswers warnings suggestionReason medianSeconds
    difficulty { value low high } discrimination { value low high } } } } }`;
  const { skill } = await ask<{ skill: { itemAnalysis: { nodes: Question[] } } }>(request, query, { skill: SKILL, order });
  return skill.itemAnalysis.nodes;
}

const shown = (value: number) => String(Number(value.toFixed(2))).replace("-", "−");

test.beforeAll(async ({ playwright }) => {
  const request = await playwright.request.newContext({ baseURL: SERVICE! });
  await recordAnswers(request);
  await request.dispose();
});

test("questions are drawn, ordered, paged, opened and downloaded as the API has them", async ({ page, request }) => {
  await page.goto(`/dashboard/classes/demo/questions?skill=${SKILL}`);
  const table = page.getByRole("region", { name: "Questions of this skill" }).getByRole("table");
  await expect(page.getByRole("combobox", { name: "Skill" })).toHaveValue(SKILL);
  const hardest = await analysis(request, "HARDEST");
  expect(hardest.length).toBeGreaterThan(QUESTIONS);
  const rows = table.locator("tbody tr");
  await expect(rows).toHaveCount(20);
  for (const place of [0, 1, 19]) {
    const question = hardest[place]!;
    const { value, low, high } = question.difficulty;
    await expect(rows.nth(place).getByRole("rowheader")).toHaveText(question.questionId);
    await expect(rows.nth(place)).toContainText(`${Math.round((question.correct / question.analysedAnswers) * 100)}%`);
    if (value !== null) await expect(rows.nth(place)).toContainText(`${shown(value)} (${shown(low!)} to ${shown(high!)})`);
  }
  await page.getByRole("button", { name: "Next" }).click();
  await expect(rows).toHaveCount(hardest.length - 20);
  await expect(page).toHaveURL(/page=2/);
  await page.getByRole("combobox", { name: "Order" }).selectOption("LEAST_DISCRIMINATING");
  const weakest = await analysis(request, "LEAST_DISCRIMINATING");
  expect(weakest[0]!.questionId).toBe("q-00");
  await expect(rows.first().getByRole("rowheader")).toHaveText("q-00");
  await expect(page).toHaveURL(/order=LEAST_DISCRIMINATING/);

  // Planted: one question works backwards, one is answered too fast.
  expect(weakest[0]!.warnings).toContain("WORKS_BACKWARDS");
  await expect(rows.first()).toContainText("works backwards");
  const fast = weakest.find(({ questionId }) => questionId === "q-01")!;
  expect(fast.warnings).toContain("RAPID_ANSWERS");
  const warned = weakest.filter(({ warnings }) => warnings.length > 0).length;
  await expect(page.getByText(`${warned} of ${hardest.length} questions`)).toBeVisible();

  // The drawing is one tab stop; Enter opens a question, Escape closes it and gives the focus back.
  const drawn = weakest.filter(({ difficulty, discrimination }) => difficulty.value !== null && discrimination.value !== null);
  const dots = page.locator(".plotdot");
  await expect(dots).toHaveCount(drawn.length);
  await expect(page.locator(".plotdot.marked")).toHaveCount(drawn.filter(({ warnings }) => warnings.length > 0).length);
  await dots.first().focus();
  await page.keyboard.press("ArrowRight");
  const second = [...drawn].sort((one, other) => one.difficulty.value! - other.difficulty.value!)[1]!;
  await page.keyboard.press("Enter");
  const detail = page.getByRole("region", { name: `Question ${second.questionId}` });
  await expect(detail).toBeFocused();
  await expect(detail).toContainText(second.suggestionReason);
  await expect(detail).toContainText(`${second.answers}, by 30 students`);
  await expect(detail).toContainText(`${Number(second.medianSeconds!.toFixed(1))} s`);
  await expect(page).toHaveURL(new RegExp(`question=${second.questionId}`));
  await page.keyboard.press("Escape");
  await expect(detail).toHaveCount(0);
  await expect(dots.nth(1)).toBeFocused();

  const downloads = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download CSV" }).click();
  const lines = (await readFile((await (await downloads).path())!, "utf8")).trim().split("\r\n");
  expect(lines).toHaveLength(hardest.length + 1);
  expect(lines[1]).toContain("q-00");
});

test("questions are accessible in both themes and on phones, and in German", async ({ page }) => {
  test.setTimeout(150_000);
  await page.goto(`/dashboard/classes/demo/questions?skill=${SKILL}&question=q-00&order=LEAST_DISCRIMINATING`);
  const detail = page.getByRole("region", { name: "Question q-00" });
  await expect(detail).toContainText("Check whether the right answer is marked as right.");
  await screenshot(page, "questions-light-1440");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Switch between light and dark" }).click();
  await expectAccessible(page);
  await screenshot(page, "questions-dark-1440");
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.getByRole("button", { name: "Switch between light and dark" }).click();
  await expectAccessible(page);
  await screenshot(page, "questions-light-390");
  await page.getByRole("button", { name: "DE" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Fragen");
  await expect(page.getByRole("region", { name: "Frage q-00" })).toContainText("wirkt verkehrt");
  await page.setViewportSize({ width: 320, height: 700 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await screenshot(page, "questions-german-320");
});
