// GraphiQL as people see it: tsx browser/graphiql.ts URL SCREENSHOT
import assert from "node:assert/strict";
import { inChromium } from "./chromium";

const [url, screenshot] = process.argv.slice(2) as [string, string];

await inChromium(async (page, complaints) => {
  const sent: { request: string; reply: string }[] = [];
  page.on("response", async (response) => {
    if (response.request().method() !== "POST") return;
    sent.push({ request: response.request().postData() ?? "", reply: await response.text() });
  });
  const answered = async (what: string, count: number) => {
    const deadline = Date.now() + 60_000;
    while (sent.length < count) {
      assert.ok(Date.now() < deadline, `timed out waiting for ${what}: ${complaints.join("; ")}`);
      await page.waitForTimeout(50);
    }
    const { reply } = sent.at(-1)!;
    assert.ok(!("errors" in JSON.parse(reply)), `${what}: ${reply.slice(0, 500)}`);
  };
  const pane = page.locator(".graphiql-response .result-window, .graphiql-response");
  const text = async () => ((await pane.first().innerText()) ?? "").replace(/\u200b/g, "").replace(/\u00a0/g, " ");

  await page.goto(url);
  await page.waitForSelector(".graphiql-execute-button");
  await answered("introspection", 1);
  assert.match(sent[0]!.request, /__schema/);
  await page.waitForTimeout(500);
  assert.equal((await text()).trim(), "", "the response pane is empty at the start");

  // The documentation: the root types, a type, and a field of it.
  await page.getByRole("button", { name: /documentation/i }).click();
  const docs = page.locator(".graphiql-doc-explorer");
  await docs.getByRole("link", { name: "Query", exact: true }).click();
  await docs.getByRole("link", { name: "student", exact: true }).first().click();
  await docs.getByRole("link", { name: "Student", exact: true }).first().click();
  assert.match(await docs.innerText(), /masteries/);

  // Both examples.
  const tabs = page.getByRole("tab");
  assert.equal(await tabs.count(), 2, "one tab per example");
  for (const [index, expected] of [/Demo class/, /RecordAnswerPayload|changes/].entries()) {
    await tabs.nth(index).click();
    const before = sent.length;
    await page.locator(".graphiql-execute-button").click();
    await answered(`example ${index + 1}`, before + 1);
    await page.waitForFunction(
      (source) => new RegExp(source).test(document.querySelector(".graphiql-response")?.textContent ?? ""),
      expected.source,
    );
    assert.doesNotMatch(await text(), /"errors"/);
    if (index === 0) await page.screenshot({ path: screenshot });
  }
  assert.equal(await page.locator(".graphiql-query-editor .CodeMirror-lint-mark-error, .squiggly-error").count(), 0);
  assert.deepEqual(complaints, []);
  console.log("introspection, documentation, both examples: passed");
});
