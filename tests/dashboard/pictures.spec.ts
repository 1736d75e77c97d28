/** The pictures of docs/dashboard.md: `make dashboard-pictures`. */
import { test } from "./fixtures";
import { open, PAGES } from "./pages";

test("pictures for the documentation", async ({ page }) => {
  test.setTimeout(180_000);
  await page.setViewportSize({ width: 1440, height: 1400 });
  for (const name of ["class", "student", "concepts", "trust", "questions"] as const) {
    await open(page, PAGES[name]);
    await page.screenshot({ path: `${process.env.DASHBOARD_PICTURES}/${name}.png` });
  }
});
