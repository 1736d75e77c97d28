/** Questions of the demo class. How an analysis is shown in full: questions_write.spec.ts. */
import { expect, expectAccessible, screenshot, test } from "./fixtures";

const HARDEST = `{ skill(code: "grammar_cases") {
  itemAnalysis(groupId: "demo", orderBy: HARDEST, first: 3) { totalCount nodes { questionId answers } }
} }`;

interface Analysis {
  data: { skill: { itemAnalysis: { totalCount: number; nodes: { questionId: string; answers: number }[] } } };
}

test("the questions of a skill are those of the API, and the skill is in the address", async ({ page }) => {
  const reply = await page.request.post("/graphql", { data: { query: HARDEST } });
  const { totalCount, nodes } = ((await reply.json()) as Analysis).data.skill.itemAnalysis;
  await page.goto("/dashboard/classes/demo/questions?skill=grammar_cases");
  for (const { questionId, answers } of nodes) {
    await expect(page.getByRole("row", { name: new RegExp(questionId) }).first()).toContainText(String(answers));
  }
  expect(totalCount).toBeGreaterThan(20);
  await page.getByRole("combobox", { name: "Skill" }).selectOption({ value: "vocab_a1" });
  await expect(page).toHaveURL(/skill=vocab_a1/);
});

test("a skill without questions says so", async ({ page }) => {
  await page.route("/graphql", async (route) => {
    if (route.request().postDataJSON()?.operationName !== "QuestionsOfSkill") return route.fallback();
    const reply = await route.fetch();
    const json = (await reply.json()) as Analysis;
    json.data.skill.itemAnalysis = { ...json.data.skill.itemAnalysis, totalCount: 0, nodes: [] };
    await route.fulfill({ response: reply, json });
  });
  await page.setViewportSize({ width: 320, height: 700 });
  await page.goto("/dashboard/classes/demo/questions?skill=grammar_cases");
  await expect(page.getByText("No answer of this class to German Cases names its question.")).toBeVisible();
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await screenshot(page, "questions-empty-320");
});

test("a class that does not exist says so", async ({ page }) => {
  await page.goto("/dashboard/classes/nobody/questions");
  await expect(page.getByText("Class not found, or you may not see it.")).toBeVisible();
});
