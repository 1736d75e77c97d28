/** Questions of the demo class, whose answers name none. The analysis itself: questions_write.spec.ts. */
import { expect, expectAccessible, screenshot, test } from "./fixtures";

test("skills without questions say so, and the choice of a skill is in the address", async ({ page }) => {
  await page.goto("/dashboard/classes/demo/questions?skill=grammar_cases");
  await expect(page.getByRole("heading", { name: "No questions to analyse" })).toBeVisible();
  await expect(page.getByText("No answer of this class to German Cases names its question.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("combobox", { name: "Skill" }).selectOption({ value: "vocab_a1" });
  await expect(page).toHaveURL(/skill=vocab_a1/);
  await expect(page.getByText("No answer of this class to A1 Vocabulary names its question.")).toBeVisible();
  await page.setViewportSize({ width: 320, height: 700 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await screenshot(page, "questions-empty-320");
});

test("a class that does not exist says so", async ({ page }) => {
  await page.goto("/dashboard/classes/nobody/questions");
  await expect(page.getByText("Class not found, or you may not see it.")).toBeVisible();
});
