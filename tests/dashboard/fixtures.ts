/** What every test of a page checks besides its own subject: no error in the console, and no request to another origin. */
import AxeBuilder from "@axe-core/playwright";
import { test as base, expect, type APIRequestContext, type Page } from "@playwright/test";

export { expect };

export interface Watched {
  /** Messages of the console that a test expects, for example of a failed request. */
  allowed: RegExp[];
}

export const test = base.extend<{ watched: Watched }>({
  watched: [
    async ({ page, baseURL }, use) => {
      const faults: string[] = [];
      const watched: Watched = { allowed: [] };
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
      });
      page.on("request", (request) => {
        const { protocol, origin } = new URL(request.url());
        if (/^(http|ws)/.test(protocol) && origin.replace(/^ws/, "http") !== new URL(baseURL!).origin) faults.push(`request to ${origin}`);
      });
      await use(watched);
      expect(faults.filter((fault) => !watched.allowed.some((pattern) => pattern.test(fault)))).toEqual([]);
    },
    { auto: true },
  ],
});

/** The data of a query, which has no errors. */
export async function ask<Data>(request: APIRequestContext, query: string, variables: object = {}): Promise<Data> {
  const reply = await request.post("/graphql", { data: { query, variables } });
  const { data, errors } = (await reply.json()) as { data: Data; errors?: unknown };
  expect(errors).toBeUndefined();
  return data;
}

/** No serious or critical finding of axe. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
}

/** A screenshot to look at, in build/dashboard. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `../../build/dashboard/${name}.png`, fullPage: true });
}
