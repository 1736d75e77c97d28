/** Where only trusted documents run, the pages work: the build lists what they send, letter for letter. */
import { expect, test } from "./fixtures";
import { PAGES } from "./pages";

const address = process.env.DASHBOARD_TRUSTED_URL;
test.skip(address === undefined, "DASHBOARD_TRUSTED_URL names no service");
test.use({ baseURL: address });

test("every page, and live events", async ({ page }) => {
  test.setTimeout(240_000); // the comparison of models takes seconds
  const refused: string[] = [];
  let replies = 0;
  let documents = 0;
  page.on("response", async (reply) => {
    if (!reply.url().endsWith("/graphql")) return;
    replies += 1;
    if ((await reply.text().catch(() => "")).includes("DOCUMENT_NOT_TRUSTED")) refused.push(reply.request().postData() ?? reply.url());
  });
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => void (documents += Number(String(payload).includes('"subscribe"'))));
    socket.on("framereceived", ({ payload }) => {
      if (String(payload).includes("DOCUMENT_NOT_TRUSTED")) refused.push(String(payload));
    });
  });
  for (const path of ["/dashboard", ...Object.values(PAGES)]) {
    await page.goto(path);
    await expect(page.locator("main h1, main h2").first()).toBeVisible();
    await page.waitForLoadState("networkidle");
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0, { timeout: 60_000 });
    await expect(page.locator(".note.bad")).toHaveCount(0);
  }
  expect(refused).toEqual([]);
  expect(replies).toBeGreaterThan(1);
  expect(documents).toBeGreaterThan(0);
});

test("other documents are refused there", async ({ request }) => {
  const reply = await request.post("/graphql", { data: { query: "{ me { role } }" } });
  expect(JSON.stringify(await reply.json())).toContain("DOCUMENT_NOT_TRUSTED");
});
