/** The heat map of the class page, on the demo class. */
import { readFile } from "node:fs/promises";
import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, screenshot, test } from "./fixtures";

const PAGE = "/dashboard/classes/demo";

const card = (page: Page): Locator => page.locator("section.heat-card");
const grid = (page: Page): Locator => card(page).getByRole("grid");
const rows = (page: Page): Locator => grid(page).locator("tbody tr");
const names = (page: Page): Promise<string[]> => grid(page).locator("tbody th").allInnerTexts();
/** The numbers of one column, from 0. */
const numbers = (page: Page, column: number): Promise<string[]> => grid(page).locator(`tbody tr > td:nth-child(${column + 2})`).allInnerTexts();

async function open(page: Page, search = ""): Promise<void> {
  await page.goto(`${PAGE}${search}`);
  await expect(rows(page).first()).toBeVisible();
}

test("most to do first, all on demand, and sorted by a click on a head", async ({ page }) => {
  await open(page);
  await expect(rows(page)).toHaveCount(15);
  const focus = (await grid(page).locator("thead th b").allInnerTexts()).map((count) => parseInt(count));
  expect(focus).toEqual(focus.toSorted((a, b) => b - a));
  const first = await names(page);
  await screenshot(page, "heat-light-1440");

  await card(page).getByRole("button", { name: "Show all 30 students" }).click();
  await expect(rows(page)).toHaveCount(30);
  await expect(grid(page)).toHaveAttribute("aria-rowcount", "31");

  const head = grid(page).getByRole("columnheader").nth(1);
  await head.getByRole("button").click();
  await expect(head).toHaveAttribute("aria-sort", "ascending");
  await expect(page).toHaveURL(/sort=asc%3A[a-z]/);
  const ascending = (await numbers(page, 0)).filter((level) => level !== "·").map(Number);
  expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
  await head.getByRole("button").click();
  await expect(head).toHaveAttribute("aria-sort", "descending");
  await card(page).getByRole("button", { name: "Most to do first" }).click();
  expect((await names(page)).slice(0, 15)).toEqual(first);
});

test("chips dim other tiles and leave out students without one", async ({ page }) => {
  await open(page);
  const chip = card(page).getByRole("button", { name: /Needs focus/ });
  const count = Number(/\d+/.exec(await chip.innerText())![0]);
  await chip.click();
  await expect(page).toHaveURL(/status=needs_focus/);
  await card(page).getByRole("button", { name: /Show all/ }).click();
  await expect(grid(page).locator("td:not(.off)")).toHaveCount(count);
  for (const row of await rows(page).all()) await expect(row.locator("td:not(.off)").first()).toBeVisible();
  await expectAccessible(page);
});

test("own thresholds change counts and colours, are marked, in the link, and given up again", async ({ page }) => {
  await open(page);
  const chip = card(page).getByRole("button", { name: /Needs focus/ });
  const before = (await chip.textContent())!;
  await card(page).getByRole("button", { name: "Change the thresholds" }).click();
  const form = page.getByRole("dialog", { name: "Your own thresholds" });
  await form.getByLabel("Needs focus below").fill("99");
  await form.getByRole("button", { name: "Show" }).click();
  await expect(form.getByRole("alert")).toContainText("below mastered");
  await form.getByLabel("Needs focus below").fill("60");
  await form.getByLabel("Mastered from").fill("90");
  await form.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(/focus=60&mastered=90/);
  await expect(card(page).getByText("Your own thresholds: Focus below 60%, mastered from 90%")).toBeVisible();
  await expect(chip).not.toHaveText(before);
  await page.reload();
  await expect(chip).not.toHaveText(before);
  await screenshot(page, "heat-own-thresholds");
  await card(page).getByRole("button", { name: "Use those in force" }).click();
  await expect(chip).toHaveText(before);
});

test("by keyboard: one tab stop, arrows, details and back", async ({ page }) => {
  await open(page);
  await expect(grid(page).locator('[tabindex="0"]')).toHaveCount(1);
  await grid(page).locator('td[tabindex="0"]').focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  const cell = rows(page).nth(1).locator("td").nth(1);
  await expect(cell).toBeFocused();
  await expect(grid(page).locator('[tabindex="0"]')).toHaveCount(1);
  await page.keyboard.press("Enter");
  const details = page.getByRole("dialog", { name: new RegExp(`^${(await names(page))[1]}, `) });
  await expect(details.getByText(/\d+ of \d+ answers? right, last on/)).toBeVisible();
  await screenshot(page, "heat-details");
  await page.keyboard.press("Escape");
  await expect(details).toBeHidden();
  await expect(cell).toBeFocused();
  await page.keyboard.press("Enter");
  await details.getByRole("link", { name: "Why?" }).click();
  await expect(page).toHaveURL(/\/classes\/demo\/students\/demo-\d+\?target=skill%3A/);
});

test("the files show what the screen shows", async ({ page }) => {
  await open(page, "?status=needs_focus&focus=50&mastered=90");
  const [csv] = await Promise.all([page.waitForEvent("download"), card(page).getByRole("button", { name: "Download CSV" }).click()]);
  expect(csv.suggestedFilename()).toMatch(/skills-needs_focus-focus50-mastered90\.csv$/);
  const lines = (await readFile(await csv.path(), "utf-8")).trim().split("\r\n");
  await card(page).getByRole("button", { name: /Show all/ }).click();
  expect(lines.slice(1).map((line) => line.split(",")[0])).toEqual(await names(page));
  const column = await grid(page).locator("tbody tr > td:nth-child(2)").evaluateAll((cells) => cells.map((cell) => (cell.matches(".off, .none") ? "" : cell.textContent)));
  expect(lines.slice(1).map((line) => line.split(",")[1])).toEqual(column);
  await card(page).getByRole("button", { name: "Download image" }).click();
  const [png] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Image as PNG" }).click()]);
  await png.saveAs("../../build/dashboard/heat.png");
  expect((await readFile(await png.path())).subarray(1, 4).toString()).toBe("PNG");
});

test("in German, with concepts, on a phone, on paper", async ({ page }) => {
  await open(page);
  await page.getByRole("button", { name: "DE", exact: true }).click();
  await expect(card(page).getByRole("heading", { name: "Alle Lernenden, alle Fähigkeiten" })).toBeVisible();
  await card(page).getByRole("button", { name: "Konzepte" }).click();
  await expect(page).toHaveURL(/columns=concepts/);
  await expect(grid(page).getByRole("columnheader")).not.toHaveCount(13);
  for (const width of [1440, 390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    await screenshot(page, `heat-concepts-${width}`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  await expect(rows(page)).toHaveCount(30);
});

test("a filter that leaves nothing is named and undone", async ({ page }) => {
  await page.goto(`${PAGE}?status=mastered&focus=99.8&mastered=100`);
  await expect(card(page).getByRole("heading", { name: "No student has mastered anything" })).toBeVisible();
  await screenshot(page, "heat-nothing");
  await card(page).getByRole("button", { name: "Clear the filter" }).click();
  await expect(rows(page)).toHaveCount(15);
});
