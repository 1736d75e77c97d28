// A page behind Vite's proxy, which needs no GRAPH_API_ORIGINS: tsx vite/main.ts SERVICE
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";
import { inChromium } from "../browser/chromium";

process.env.GRAPH_API_URL = process.argv[2]!;
const here = fileURLToPath(new URL(".", import.meta.url));
const common = { root: here, configFile: `${here}vite.config.ts`, logLevel: "warn" } as const;
const outDir = fileURLToPath(new URL("../generated/vite", import.meta.url));
await build({ ...common, build: { outDir, emptyOutDir: true } });
const server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: "localhost" } });
const origin = server.resolvedUrls!.local[0]!;

await inChromium(async (page, complaints) => {
  await page.goto(origin);
  const used = await page.evaluate((url) => window.useService(url, "", {}), `${origin}graphql`);
  assert.deepEqual(Object.keys(used), ["name", "change"]);
  assert.deepEqual(complaints, []);
  console.log("query, mutation, subscription through Vite's proxy: passed");
});
process.exit(0);
