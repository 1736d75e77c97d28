/** What holds for every page: axe in both themes at two widths, no sideways scroll, and screenshots to look at. */
import { expect, expectAccessible, screenshot, test } from "./fixtures";
import { open, PAGES } from "./pages";

const WIDTHS = [1440, 820, 390, 320];
const CHECKED = [1440, 390];

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
