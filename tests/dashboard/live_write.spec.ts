/** Changes arrive while a page is open, and those of an interruption after it. The service has several processes. */
import type { Page, WebSocketRoute } from "@playwright/test";
import { randomUUID } from "node:crypto";
import { expect, test } from "./fixtures";

const STUDENT = "demo-04";
const NAME = "Dora Lark";
const RECORD = `mutation ($input: AnswerInput!) {
  recordAnswer(input: $input) { ... on RecordAnswerPayload { masteries { kind level target { id name } } } }
}`;

interface Recorded {
  data: { recordAnswer: { masteries: { kind: string; level: number; target: { id: string; name: string } }[] } };
}

/** Record a right answer, and return the name and the new level of its skill as a page shows it. */
async function record(page: Page): Promise<{ skill: string; shown: string }> {
  const input = { id: randomUUID(), studentId: STUDENT, conceptIds: ["gr_articles"], correct: true };
  const reply = await page.request.post("/graphql", { data: { query: RECORD, variables: { input } } });
  const { masteries } = ((await reply.json()) as Recorded).data.recordAnswer;
  const { level, target } = masteries.find(({ kind }) => kind === "SKILL")!;
  return { skill: target.name, shown: String(Math.floor(level * 100 + 1e-9)) };
}

async function open(page: Page): Promise<void> {
  await page.goto("/dashboard/classes/demo");
  await page.getByRole("button", { name: /Show all 30/ }).click();
  await expect(page.locator(".live")).toContainText("Live");
}

/** The tile of a skill in the student's row. */
async function tile(page: Page, skill: string) {
  const heads = await page.locator(".heat-card thead th").evaluateAll((all) => all.map((head) => (head as HTMLElement).innerText.replace(/\s+/g, " ")));
  const column = heads.findIndex((head) => head.startsWith(skill));
  return page.getByRole("row", { name: new RegExp(`^${NAME}`) }).getByRole("gridcell").nth(column - 1);
}

test("a changed level is shown at once, with a ring for two seconds", async ({ page }) => {
  await open(page);
  const { skill, shown } = await record(page);
  const changed = await tile(page, skill);
  await expect(changed).toHaveText(shown);
  await expect(changed).toHaveClass(/changed/);
  await expect(changed).not.toHaveClass(/changed/);
  await expect(page.locator(".live")).toContainText(/last change \d\d:\d\d/);
});

test("what changed during an interruption is shown after it", async ({ page }) => {
  const sockets: WebSocketRoute[] = [];
  let isDown = false;
  await page.routeWebSocket(/\/graphql$/, async (socket) => {
    if (isDown) return socket.close({ code: 1012 });
    sockets.push(socket);
    socket.connectToServer();
  });
  await open(page);
  isDown = true;
  await sockets.at(-1)!.close({ code: 1012, reason: "restart" });
  await expect(page.locator(".live")).toContainText("Reconnecting");
  const { skill, shown } = await record(page);
  await page.waitForTimeout(1_500);
  const missed = await tile(page, skill);
  await expect(missed).not.toHaveText(shown);
  isDown = false;
  await expect(page.locator(".live")).toContainText("Live");
  await expect(missed).toHaveText(shown);
});
