/** Weight and speed of the first page. The figures are printed; the limits leave room for slow machines of a CI. */
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";

const big = process.env.DASHBOARD_BIG_URL;
const MARGIN = Number(process.env.DASHBOARD_MARGIN ?? 4);
const WEIGHT = 400_000;
const FIRST_CONTENT = 1_000;
const USABLE = 2_000;
/** For every section of a page of which the database has no plans yet. */
const COLD = 60_000;

/** Bytes as they came over the wire, headers included. */
async function weigh(page: Page, path: string): Promise<{ all: number; replies: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const urls = new Map<string, string>();
  let all = 0;
  let replies = 0;
  session.on("Network.requestWillBeSent", ({ requestId, request }) => urls.set(requestId, request.url));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    all += encodedDataLength;
    if (urls.get(requestId)?.endsWith("/graphql")) replies += encodedDataLength;
  });
  await page.goto(path);
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0, { timeout: COLD });
  await page.waitForLoadState("networkidle");
  return { all, replies };
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`;

test("the first page weighs little", async ({ page }) => {
  const { all, replies } = await weigh(page, "/dashboard/classes/demo");
  console.log(`measured: class page, 30 students: ${kilobytes(all)} transferred, of these ${kilobytes(replies)} replies`);
  expect(all).toBeLessThan(WEIGHT);
  expect(all).toBeGreaterThan(20_000);
});

test.describe("1,000 students and 54 concepts", () => {
  test.skip(big === undefined, "DASHBOARD_BIG_URL names no service");
  test.use({ baseURL: big });
  test.setTimeout(3 * COLD);

  test("content comes early, and the heat map can be used soon after", async ({ page }) => {
    const path = "/dashboard/classes/big?columns=concepts";
    const { all } = await weigh(page, path); // and the service has its plans and replies, as in use
    await page.goto("about:blank");
    await page.goto(path);
    const cell = page.locator('section.heat-card td[tabindex="0"]');
    await cell.waitFor();
    const { usable, content } = await page.evaluate(async () => {
      await new Promise((idle) => requestIdleCallback(idle));
      return { usable: performance.now(), content: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity };
    });
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0, { timeout: COLD });
    const whole = await page.evaluate(() => performance.now());
    const after = { "first content": content, usable, whole };
    const times = Object.entries(after).map(([name, time]) => `${name} after ${time.toFixed(0)} ms`);
    console.log(`measured: class page, 1,000 students: ${kilobytes(all)}, ${times.join(", ")}`);
    await cell.focus();
    await page.keyboard.press("ArrowRight");
    await expect(cell).toBeFocused();
    expect(content).toBeLessThan(FIRST_CONTENT * MARGIN);
    expect(usable).toBeLessThan(USABLE * MARGIN);
  });
});
