import { defineConfig } from "@playwright/test";

// The services run already: `conftest.py` starts them and hands on their addresses.
export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  outputDir: "../../build/dashboard/results",
  timeout: 60_000,
  retries: 1, // machines of a CI are shared: a page may be slower than its limit once
  expect: { timeout: 15_000 },
  workers: Number(process.env.DASHBOARD_WORKERS ?? 1),
  reporter: "list",
  use: {
    baseURL: process.env.DASHBOARD_URL,
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
  },
});
