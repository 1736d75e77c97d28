/** How fluently the heat map of a big class scrolls, in frame times. Needs a service with the group `big`: see big_class.py. */
import { availableParallelism, loadavg } from "node:os";
import { expect, test } from "./fixtures";

const address = process.env.DASHBOARD_BIG_URL;
const FRAME = 1000 / 60;
/** Clocks of frames are not exact: a frame that missed its turn takes twice as long. */
const SLACK = 1.5;

test.skip(address === undefined, "DASHBOARD_BIG_URL names no service");
test.use({ baseURL: address });

test("1,000 students and 54 concepts", async ({ page }) => {
  const start = Date.now();
  await page.goto("/dashboard/classes/big?columns=concepts");
  const card = page.locator("section.heat-card");
  await expect(card.locator("tbody tr")).toHaveCount(15);
  const usable = Date.now() - start;
  const all = card.getByRole("button", { name: "Show all 1,000 students" });
  await all.click();
  const box = card.locator(".heatwrap.long");
  await expect(box).toBeVisible();
  await box.scrollIntoViewIfNeeded();
  expect(await card.locator("tbody tr").count()).toBeLessThan(80);
  await page.waitForTimeout(1000);

  const measure = (perFrame: number, sideways: number) =>
    box.evaluate(
      (element, [down, right, count]) =>
        new Promise<number[]>((done) => {
          const times: number[] = [];
          let last = 0;
          const step = (now: number) => {
            if (last > 0) times.push(now - last);
            last = now;
            element.scrollTop += down!;
            element.scrollLeft += right!;
            if (times.length < count!) requestAnimationFrame(step);
            else done(times);
          };
          requestAnimationFrame(step);
        }),
      [perFrame, sideways, 240],
    );
  const still = await measure(0, 0);
  const slow = await measure(12, 0);
  const fast = await measure(60, 0);
  const sideways = await measure(0, 12);
  const report = (name: string, times: number[]) => {
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!.toFixed(1);
    const onTime = times.filter((time) => time <= FRAME * SLACK).length / times.length;
    console.log(`measured: heat map, ${name}: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms; ${(100 * onTime).toFixed(1)} % of frames on time`);
    return onTime;
  };
  console.log(`measured: heat map, usable after ${usable} ms`);
  const load = loadavg()[0]!;
  console.log(`measured: heat map, load ${load.toFixed(1)} on ${availableParallelism()} cores`);
  const idle = report("still", still);
  const shares = [report("12 px a frame", slow), report("60 px a frame", fast), report("sideways", sideways)];
  // A machine that is busy with other work says nothing about scrolling.
  if (idle >= 0.99 && load < availableParallelism()) for (const share of shares) expect(share).toBeGreaterThanOrEqual(0.95);
  expect(await card.locator("tbody tr").count()).toBeLessThan(80);
});
