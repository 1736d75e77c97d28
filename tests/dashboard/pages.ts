/** The pages of the demo class, for specifications about all of them. */
import { expect, type Page } from "@playwright/test";

export const PAGES = {
  class: "/dashboard/classes/demo",
  student: "/dashboard/classes/demo/students/demo-27",
  "student-why": "/dashboard/classes/demo/students/demo-27?target=concept%3Agr_articles",
  concepts: "/dashboard/classes/demo/concepts",
  questions: "/dashboard/classes/demo/questions",
  trust: "/dashboard/classes/demo/trust",
  manage: "/dashboard/classes/demo/manage",
} as const;

/** Open a page, and wait until no part of it loads. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await expect(page.locator("main h1, main h2").first()).toBeVisible();
  await page.waitForLoadState("networkidle");
  await expect(page.getByText("Arranging the map")).toHaveCount(0);
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0, { timeout: 60_000 }); // the comparison of models takes seconds
}
