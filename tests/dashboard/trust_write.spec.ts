/** A real fit, started on the page and watched to its end, on a service that tests may write to. */
import { expect, expectAccessible, screenshot, test } from "./fixtures";

const SERVICE = process.env.DASHBOARD_WRITE_URL;
test.skip(SERVICE === undefined, "DASHBOARD_WRITE_URL names no writable service");
test.use({ baseURL: SERVICE });

/** A fit of the demo class, on a busy machine. */
const SLOW = { timeout: 170_000 };

test("an administrator starts a fit after a confirmation, watches it, and sees what it changed", async ({ page, request, watched }) => {
  test.setTimeout(240_000);
  watched.allowed.push(/Failed to load resource/);
  await page.route("**/graphql", (route) => (route.request().postData()?.includes("TrustComparison") ? route.abort() : route.continue()));
  await page.goto("/dashboard/classes/demo/trust");
  const runs = page.getByRole("region", { name: "What ran" }).first();
  const start = runs.getByRole("button", { name: "Fit to answers", exact: true });
  await start.click(SLOW);
  const dialog = page.getByRole("dialog", { name: "Fit to all answers now?" });
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(start).toBeFocused();
  await start.click();
  await dialog.getByRole("button", { name: "Start the fit" }).click();
  const row = runs.getByRole("row", { name: "Fit to answers" }).first();
  await expect(row.getByRole("progressbar")).toBeVisible();
  await expect(row.getByRole("button", { name: "Stop: Fit to answers" })).toBeVisible();
  await screenshot(page, "trust-running");
  await expect(row).toContainText("done", SLOW);

  const query = "{ runs(algorithm: FIT_PARAMETERS, status: SUCCESS, first: 1) { nodes { id output } } parameterSets(origin: FITTED, first: 500) { nodes { active guess slip fit { skillCode answers target { name } run { id } } } } }";
  const { data } = await (await request.post("/graphql", { data: { query } })).json();
  const [run] = data.runs.nodes;
  const changed = page.getByRole("region", { name: "What changed last" });
  await expect(changed).toContainText(`${run.output.targets} concepts and skills were looked at`);
  await expect(changed.getByRole("listitem").first()).toHaveText(`${run.output.reasons.IMPROVED}predict better: put in force`);
  type FittedSet = { active: boolean; guess: number; slip: number; fit: { skillCode: string | null; answers: number; target: { name: string } } };
  const active = (data.parameterSets.nodes as FittedSet[]).filter((set) => set.active && set.fit.skillCode !== null);
  const history = page.getByRole("region", { name: "What changed over time" }).first();
  await expect(history.getByText("are in force").first()).toBeVisible();
  const table = page.getByRole("region", { name: "In force for each skill" }).getByRole("table");
  for (const { guess, slip, fit } of active) {
    const line = table.getByRole("row", { name: fit.target.name });
    await expect(line).toContainText(`fitted to ${fit.answers.toLocaleString("en")} answers`);
    await expect(line.getByText("answers say little")).toHaveCount(guess + slip > 0.6 ? 1 : 0);
  }
  await history.getByText("Show them").first().click();
  await expect(history.getByText("in force").first()).toBeVisible();
  await expectAccessible(page);
  await screenshot(page, "trust-after-fit");
});

test("a fit is stopped", async ({ page, request, watched }) => {
  test.setTimeout(240_000);
  watched.allowed.push(/Failed to load resource/);
  await page.route("**/graphql", (route) => (route.request().postData()?.includes("TrustComparison") ? route.abort() : route.continue()));
  await page.goto("/dashboard/classes/demo/trust");
  const runs = page.getByRole("region", { name: "What ran" }).first();
  // It cannot be clicked while another fit is under way.
  await runs.getByRole("button", { name: "Fit to answers", exact: true }).click(SLOW);
  await page.getByRole("button", { name: "Start the fit" }).click();
  const row = runs.getByRole("row", { name: "Fit to answers" }).first();
  await row.getByRole("button", { name: "Stop: Fit to answers" }).click();
  await expect(row).toContainText("failed", SLOW);
  const { data } = await (await request.post("/graphql", { data: { query: "{ runs(algorithm: FIT_PARAMETERS, first: 1) { nodes { status } } }" } })).json();
  expect(data.runs.nodes[0].status).toBe("FAILED");
});
