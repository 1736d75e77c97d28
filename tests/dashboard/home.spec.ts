import { expect, expectAccessible, test } from "./fixtures";

test("the only class opens by itself", async ({ page }) => {
  await page.goto("/dashboard");
  await expect(page).toHaveURL(/\/dashboard\/classes\/demo$/);
  await expectAccessible(page);
});
