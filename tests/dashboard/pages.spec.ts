/** What holds for every page: axe in both themes at two widths, no sideways scroll, and pictures to look at. */
import type { Page } from "@playwright/test";
import { expect, expectAccessible, screenshot, test } from "./fixtures";
import { PAGES } from "./pages";

const WIDTHS = [1440, 820, 390, 320];
const CHECKED = [1440, 390];
const pictures = process.env.DASHBOARD_PICTURES;

/** Open a page, and wait until no part of it loads. */
async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.locator("main h1, main h2").first()).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expect(page.getByText("Arranging the map")).toHaveCount(0);
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0, { timeout: 60_000 }); // the comparison of models takes seconds
}

for (const [name, path] of Object.entries(PAGES)) {
  test(name, async ({ page }) => {
    test.setTimeout(180_000); // four runs of axe
    await page.emulateMedia({ reducedMotion: "reduce" });
    await open(page, path);
    await expect(page.locator(".note.bad")).toHaveCount(0);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `sideways at ${width}`).toBeLessThanOrEqual(0);
      if (!CHECKED.includes(width)) continue;
      for (const theme of ["light", "dark"]) {
        await page.evaluate((chosen) => void (document.documentElement.dataset.theme = chosen), theme);
        await expectAccessible(page);
        await screenshot(page, `${name}-${width}-${theme}`);
      }
    }
    expect(await page.title()).not.toBe("");
  });
}

test("an address that does not exist says so", async ({ page }) => {
  await page.goto("/dashboard/nothing");
  await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
  await expectAccessible(page);
});

test("pictures for the documentation", async ({ page }) => {
  test.skip(pictures === undefined, "DASHBOARD_PICTURES names no folder");
  test.setTimeout(180_000);
  await page.setViewportSize({ width: 1440, height: 1400 });
  for (const name of ["class", "student", "concepts", "trust", "questions"] as const) {
    await open(page, PAGES[name]);
    await page.screenshot({ path: `${pictures}/${name}.png` });
  }
});
