/** Lighthouse's scores for accessibility and best practices. */
import { chromium } from "@playwright/test";
import lighthouse from "lighthouse";
import { createServer, type AddressInfo } from "node:net";
import { expect, test } from "./fixtures";
import { PAGES } from "./pages";

const LEAST = 0.95;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

test("accessibility and best practices score at least 95", async ({ baseURL, launchOptions }) => {
  test.setTimeout(170_000);
  const port = await freePort();
  const browser = await chromium.launch({ ...launchOptions, args: [...(launchOptions.args ?? []), `--remote-debugging-port=${port}`] });
  try {
    for (const name of ["class", "student", "concepts", "trust"] as const) {
      const result = await lighthouse(`${baseURL}${PAGES[name]}`, { port, output: "json", logLevel: "error", onlyCategories: ["accessibility", "best-practices"] }, {
        extends: "lighthouse:default",
        settings: { formFactor: "desktop", screenEmulation: { disabled: true }, throttlingMethod: "provided", maxWaitForLoad: 30_000, skipAudits: ["full-page-screenshot"] },
      });
      const { categories, audits } = result!.lhr;
      const scores = Object.values(categories).map(({ title, score }) => [title, score ?? 0] as const);
      console.log(`measured: Lighthouse, ${name}: ${scores.map(([title, score]) => `${title} ${Math.round(score * 100)}`).join(", ")}`);
      const failed = Object.values(audits).filter(({ score }) => score !== null && score < 1).map(({ id, title }) => `${id}: ${title}`);
      for (const [title, score] of scores) expect(score, `${name}, ${title}\n${failed.join("\n")}`).toBeGreaterThanOrEqual(LEAST);
    }
  } finally {
    await browser.close();
  }
});
