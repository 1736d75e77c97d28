/** Trust on the demo class, which nothing was fitted to: the page's numbers are those of the API's replies. */
import type { Page, Route } from "@playwright/test";
import { expect, expectAccessible, screenshot, test } from "./fixtures";

/** The comparison takes seconds, and longer on a busy machine. */
const SLOW = { timeout: 100_000 };

interface Quality {
  model: string;
  metrics: { answers: number; auc: number; logLoss: number };
  calibration: { low: number; answers: number; predicted: number; correct: number }[];
}

interface Comparison {
  modelComparison: { answers: number; students: number; models: Quality[] };
}

interface InEffect {
  group: { courses: { skills: { nodes: { name: string; parameters: { parameterSet: { prior: number; learn: number; guess: number; slip: number } } }[] } }[] };
}

/** The reply of an operation that the page sends, with its variables. */
async function replyTo<Data>(page: Page, operation: string, kind?: string): Promise<Data> {
  const reply = await page.waitForResponse((response) => {
    const body = response.request().postDataJSON() as { operationName?: string; variables?: { kind?: string } } | null;
    return body?.operationName === operation && (kind === undefined || body.variables?.kind === kind);
  }, SLOW);
  return ((await reply.json()) as { data: Data }).data;
}

const nearest = (share: number) => String(Math.round(share * 100));

test("the verdict, the diagram and the models are those of the comparison", async ({ page }) => {
  test.setTimeout(240_000);
  const [ofConcepts, ofSkills] = [replyTo<Comparison>(page, "TrustComparison", "CONCEPT"), replyTo<Comparison>(page, "TrustComparison", "SKILL")];
  await page.goto("/dashboard/classes/demo/trust");
  const verdict = page.getByRole("region", { name: "Can you rely on the levels?" });
  await expect(verdict).toContainText("This takes some seconds");
  const { modelComparison: concepts } = await ofConcepts;
  const { modelComparison: skills } = await ofSkills;
  // Nothing was fitted, so the built-in values are judged: good for concepts, not for skills.
  const judged = concepts.models.find(({ model }) => model === "BKT_CONCEPT_DEFAULT")!;
  const ofSkill = skills.models.find(({ model }) => model === "BKT_SKILL_DEFAULT")!;
  const gap = judged.calibration.reduce((sum, bin) => sum + bin.answers * Math.abs(bin.predicted - bin.correct), 0) / judged.metrics.answers;
  expect(gap).toBeLessThan(0.05);
  expect(judged.metrics.auc).toBeGreaterThan(0.7);
  expect(ofSkill.metrics.auc).toBeLessThan(0.7);
  await expect(verdict.getByRole("heading")).toHaveText("For concepts yes, for skills with care", SLOW);
  await expect(verdict).toContainText(`off by ${Number((gap * 100).toFixed(1))} points`);
  await expect(verdict).toContainText(`put ${nearest(judged.metrics.auc)} of 100`);
  await expect(verdict).toContainText(`put ${nearest(ofSkill.metrics.auc)} of 100`);

  const diagram = page.getByRole("region", { name: "When it says 70%, is it 70%?" }).first();
  await expect(diagram.locator(".plotdot")).toHaveCount(judged.calibration.length);
  await diagram.getByText("As a table").click();
  for (const [place, { answers, predicted, correct }] of judged.calibration.entries()) {
    const row = diagram.locator("tbody tr").nth(place);
    await expect(row).toContainText(`${nearest(predicted)}%${nearest(correct)}%`);
    await expect(row).toContainText(answers.toLocaleString("en"));
  }
  // One tab stop: arrows move, Enter reads the numbers.
  const dots = diagram.locator(".plotdot");
  await dots.first().focus();
  await page.keyboard.press("End");
  await expect(dots.last()).toBeFocused();
  await page.keyboard.press("Enter");
  const last = judged.calibration.at(-1)!;
  await expect(diagram.getByRole("status")).toHaveText(`Expected ${nearest(last.predicted)}%, correct were ${nearest(last.correct)}%, ${last.answers.toLocaleString("en")} answers`);
  await expect(diagram.locator('[tabindex="0"].plotdot')).toHaveCount(1);

  const models = page.getByRole("region", { name: "Against simpler ways" });
  const ratio = concepts.models.find(({ model }) => model === "RATIO")!;
  await expect(models.getByRole("row", { name: "Share of correct answers so far" })).toContainText(`${nearest(ratio.metrics.auc)}${ratio.metrics.logLoss.toFixed(3)}`);
  await expect(models.getByRole("row", { name: "Built-in values" })).toContainText("judged above");

  await screenshot(page, "trust-light-1440");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Skills", exact: true }).click();
  await expect(page).toHaveURL(/kind=SKILL/);
  await expect(dots).toHaveCount(ofSkill.calibration.length);
  await page.getByRole("button", { name: "Switch between light and dark" }).click();
  await expectAccessible(page);
  await screenshot(page, "trust-dark-1440");
  await page.setViewportSize({ width: 390, height: 844 });
  await expectAccessible(page);
  await page.getByRole("button", { name: "Switch between light and dark" }).click();
  await screenshot(page, "trust-light-390");
  await page.setViewportSize({ width: 320, height: 700 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.getByRole("button", { name: "DE", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Verlässlichkeit");
  await expect(page.getByRole("heading", { name: "Bei Konzepten ja, bei Fähigkeiten mit Vorsicht" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await screenshot(page, "trust-german-320");
});

/** The comparison does not matter here, and takes long. */
async function withoutComparison(route: Route): Promise<void> {
  if (route.request().postData()?.includes("TrustComparison")) await route.abort();
  else await route.continue();
}

test("each skill has its values in natural frequencies, and jobs their next time", async ({ page, watched }) => {
  watched.allowed.push(/Failed to load resource/);
  await page.route("**/graphql", withoutComparison);
  const reply = replyTo<InEffect>(page, "TrustInEffect");
  await page.goto("/dashboard/classes/demo/trust");
  const { group } = await reply;
  const table = page.getByRole("region", { name: "In force for each skill" }).getByRole("table");
  const skills = group.courses.flatMap(({ skills: { nodes } }) => nodes);
  await expect(table.locator("tbody tr")).toHaveCount(skills.length);
  for (const { name, parameters } of skills) {
    const { prior, learn, guess, slip } = parameters.parameterSet;
    const row = table.getByRole("row", { name });
    await expect(row).toContainText([prior, learn, guess, slip].map(nearest).join(""));
    await expect(row).toContainText("built-in");
    await expect(row).toContainText("fine");
  }
  const runs = page.getByRole("region", { name: "What ran" }).first();
  await expect(runs.getByText("Erase long-inactive students")).toBeVisible();
  await expect(page.getByText("Nothing was fitted yet")).toBeVisible();
  // The comparison has failed: the other cards do not mind.
  await expect(page.getByRole("region", { name: "Can you rely on the levels?" }).getByRole("alert")).toContainText("No reply from the service");
});

test("a teacher sees what teachers may see, and no error", async ({ page }) => {
  const asked: string[] = [];
  await page.route("**/graphql", async (route) => {
    const { operationName } = route.request().postDataJSON() as { operationName: string };
    asked.push(operationName);
    if (operationName !== "TrustHead") return route.continue();
    const reply = await route.fetch();
    const body = await reply.text();
    return route.fulfill({ response: reply, body: body.replace(/"role":\s*"ADMIN"/, '"role": "TEACHER"') });
  });
  await page.goto("/dashboard/classes/demo/trust");
  await expect(page.getByText("Forecasts are checked by analysts and administrators")).toBeVisible();
  await expect(page.getByText("Runs and jobs are shown to analysts and administrators.")).toBeVisible();
  await expect(page.getByRole("region", { name: "In force for each skill" }).getByRole("table")).toBeVisible();
  await expect(page.getByRole("button", { name: "Fit to answers" })).toHaveCount(0);
  await expect(page.getByRole("alert")).toHaveCount(0);
  expect([...new Set(asked)].sort()).toEqual(["TrustHead", "TrustHistory", "TrustInEffect"]);
});
