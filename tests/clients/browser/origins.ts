// Pages of an allowed and of another origin, in Chromium: tsx browser/origins.ts URL TOKEN ALLOWED_PORT OTHER_PORT
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { inChromium } from "./chromium";

const [url, token, allowed, other] = process.argv.slice(2) as [string, string, string, string];
const entry = fileURLToPath(new URL("page.ts", import.meta.url));
const bundled = await build({ entryPoints: [entry], bundle: true, format: "iife", target: "es2022", write: false });
const script = bundled.outputFiles[0]!.text;

// Headers that front ends send besides their own: Apollo's, and those of tracing tools.
const headers = {
  "apollo-require-preflight": "true",
  baggage: "app=class-view",
  "sentry-trace": "d49d9bf66f13450b81f65bc51cf49c03-1cc4b26ab9094ef0",
  traceparent: "00-d49d9bf66f13450b81f65bc51cf49c03-1cc4b26ab9094ef0-01",
  tracestate: "app=1",
};

const servers = [allowed, other].map((port) =>
  createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : '<!doctype html><link rel="icon" href="data:,"><script src="/page.js"></script>');
  }).listen(Number(port), "127.0.0.1"),
);

await inChromium(async (page, complaints) => {
  await page.goto(`http://127.0.0.1:${allowed}/`);
  const used = await page.evaluate(([url, token, headers]) => window.useService(url, token, headers), [url, token, headers] as const);
  assert.deepEqual(Object.keys(used), ["name", "change"]);
  assert.deepEqual(complaints, []);

  await page.goto(`http://127.0.0.1:${other}/`);
  const refusal = (await page.evaluate(([url, headers]) => window.readRefusal(url, headers), [url, headers] as const)) as {
    status: number;
    text: string;
    code: number;
  };
  assert.equal(refusal.status, 403);
  const [error] = (JSON.parse(refusal.text) as { errors: { message: string; extensions: { code: string } }[] }).errors;
  assert.equal(error!.extensions.code, "ORIGIN_NOT_ALLOWED");
  assert.match(error!.message, new RegExp(`GRAPH_API_ORIGINS.*127\\.0\\.0\\.1:${other}`));
  assert.notEqual(refusal.code, "open");
  console.log("allowed origin: query, mutation, subscription; other origin: refused with a readable reason");
});
for (const server of servers) server.close();
process.exit(0);
