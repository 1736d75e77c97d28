/** The map of concepts, on the demo class. */
import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { expect, expectAccessible, screenshot, test } from "./fixtures";

const URL = "/dashboard/classes/demo/concepts";
const ARTICLES = "Definite and indefinite articles";

interface Course {
  concepts: { id: string; name: string; prerequisiteIds: string[] }[];
  student: { id: string; name: string; learningPath: { name: string }[] };
}

/** What the API says of the class's concepts, and of one student's path. */
async function course(page: Page): Promise<Course> {
  const query = `query ConceptsOfTest {
    concepts(first: 500) { nodes { id name prerequisiteIds } }
    group(id: "demo") { heatmap(kind: CONCEPT) { targetIds } }
    student(id: "demo-25") { id name learningPath(conceptId: "gr_relative") { name } }
  }`;
  const reply = await page.request.post("/graphql", { data: { query } });
  const { data } = await reply.json();
  const scope = new Set(data.group.heatmap.targetIds);
  return { concepts: data.concepts.nodes.filter(({ id }: { id: string }) => scope.has(id)), student: data.student };
}

async function open(page: Page, search = ""): Promise<Locator> {
  await page.goto(`${URL}${search}`);
  const mark = page.locator(".mapmark");
  await expect(mark).toBeVisible();
  return mark;
}

test("the first cause is marked, and its concept opens who is weak", async ({ page }) => {
  const mark = await open(page);
  const causes = page.getByRole("region", { name: "What holds the class back" });
  await expect(causes.getByRole("button", { name: ARTICLES })).toBeVisible();
  await causes.getByRole("button", { name: ARTICLES }).click();
  await expect(mark).toBeFocused();
  await expect(mark).toHaveAccessibleName(new RegExp(`^${ARTICLES}: class mean \\d+%, practised by \\d+, .*cause \\d`));
  await page.keyboard.press("Enter");
  const details = page.getByRole("dialog", { name: ARTICLES });
  await expect(details.getByRole("link").first()).toHaveAttribute("href", /\/classes\/demo\/students\/demo-\d+\?target=concept%3Agr_articles/);
  await expect(details).toContainText("Comes after Grammatical gender");
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(details).toBeHidden();
  await expect(mark).toBeFocused();
});

test("arrows follow the links, and a click on the map opens what is there", async ({ page }) => {
  const { concepts } = await course(page);
  const mark = await open(page);
  await page.getByRole("button", { name: `Show ${ARTICLES}` }).click();
  await page.keyboard.press("ArrowRight");
  await expect(mark).not.toHaveAttribute("data-concept", "gr_articles");
  const id = await mark.getAttribute("data-concept");
  expect(concepts.find((concept) => concept.id === id)?.prerequisiteIds).toContain("gr_articles");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Home");
  const first = (await mark.boundingBox())!;
  await page.keyboard.press("ArrowDown");
  expect((await mark.boundingBox())!.y).toBeGreaterThan(first.y);

  const name = (await mark.getAttribute("aria-label"))!.replace(/:.*/, "");
  await page.waitForTimeout(300); // the map has arrived
  const box = (await mark.boundingBox())!;
  const scrolled = await page.evaluate(() => scrollY);
  await page.keyboard.press("ArrowUp");
  await page.waitForTimeout(300);
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2 + scrolled - (await page.evaluate(() => scrollY)));
  await expect(page.getByRole("dialog", { name })).toBeVisible();
  await page.getByRole("button", { name: "Path to this concept" }).click();
  await expect(page).toHaveURL(/target=/);
});

test("search centres a concept, slash goes there, and the wheel with Ctrl zooms", async ({ page }) => {
  const mark = await open(page);
  await mark.focus();
  const before = (await mark.boundingBox())!;
  await page.keyboard.press("/");
  await page.keyboard.type("relative");
  await expect(page.getByText("1 concept found")).toBeAttached();
  await page.keyboard.press("Enter");
  await expect(mark).toBeFocused();
  await expect(mark).toHaveAccessibleName(/^Relative clauses:/);
  const frame = (await page.locator(".mapframe").boundingBox())!;
  await expect.poll(async () => Math.abs((await mark.boundingBox())!.x + before.width / 2 - frame.x - frame.width / 2)).toBeLessThan(40);
  await page.mouse.move(frame.x + frame.width / 2, frame.y + 200);
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -200);
  await page.keyboard.up("Control");
  await expect.poll(async () => (await mark.boundingBox())!.width).toBeGreaterThan(before.width * 1.2);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keys of the map" })).toBeVisible();
});

test("the path to a target: by layers for the class, in order for a student", async ({ page }) => {
  const { student } = await course(page);
  const mark = await open(page);
  await page.getByRole("combobox", { name: "Target" }).selectOption("Relative clauses");
  await expect(page).toHaveURL(/target=gr_relative/);
  const card = page.getByRole("region", { name: "Path to a target" });
  await expect(card.getByRole("button", { name: "Grammatical gender" })).toBeVisible();
  await page.getByRole("combobox", { name: "Colour by" }).selectOption(student.name);
  await expect(page).toHaveURL(/student=demo-25/);
  await expect(card.getByRole("link")).toHaveCount(student.learningPath.length);
  const names = await card.getByRole("link").allInnerTexts();
  expect(names.map((text) => text.replace(/^[\d·]+\s*/, ""))).toEqual(student.learningPath.map(({ name }) => name));
  await expect(mark).toHaveAccessibleName(/: level \d+%.*step \d/);
  await expect(page.getByRole("heading", { name: `What holds ${student.name} back` })).toBeVisible();
  await screenshot(page, "concepts-path");
});

test("a live change shows at once, and moves nothing", async ({ page }) => {
  let send: (message: object) => void = () => undefined;
  await page.routeWebSocket("**/graphql", (socket) => {
    socket.onMessage((text) => {
      const { type, id } = JSON.parse(String(text));
      if (type === "connection_init") socket.send(JSON.stringify({ type: "connection_ack" }));
      if (type === "subscribe") send = (masteryChanged) => socket.send(JSON.stringify({ type: "next", id, payload: { data: { masteryChanged } } }));
    });
  });
  const mark = await open(page, "?student=demo-25");
  await page.getByRole("button", { name: `Show ${ARTICLES}` }).click();
  await expect(mark).toHaveAccessibleName(/level \d+%/);
  await page.waitForTimeout(300);
  const box = await mark.boundingBox();
  send({
    __typename: "Mastery",
    id: "demo-25/CONCEPT/gr_articles",
    kind: "CONCEPT",
    studentId: "demo-25",
    level: 0.9149,
    status: "LEARNING",
    confidence: "HIGH",
    interval: { __typename: "Interval", low: 0.9, high: 0.93 },
    attempts: 50,
    correct: 20,
    lastPracticedAt: null,
    updatedAt: null,
    target: { __typename: "Concept", id: "gr_articles", name: ARTICLES, kind: "CONCEPT" },
  });
  await expect(mark).toHaveAccessibleName(/level 91%/, { timeout: 2_000 });
  expect(await mark.boundingBox()).toEqual(box);
});

test("the list has every concept with the marks of the map", async ({ page }) => {
  const { concepts } = await course(page);
  await page.goto(`${URL}?view=list&target=gr_relative`);
  const list = page.locator(".layerlist");
  await expect(list.getByRole("button")).toHaveCount(concepts.length);
  await expect(list.getByRole("listitem").filter({ hasText: ARTICLES }).first()).toContainText(/cause \d/);
  await page.getByRole("button", { name: "Weak areas" }).click();
  await expect(list.getByText("area A").first()).toBeVisible();
  const implied = list.getByRole("listitem").filter({ hasText: /^\D*\d*Modal verbs/ });
  await expect(implied).not.toContainText("Regular verb endings");
  await page.getByRole("button", { name: /follow from others/ }).click();
  await expect(implied).toContainText("Regular verb endings");
  await page.getByRole("searchbox").fill("prepositions");
  await expect(list.getByRole("button")).toHaveCount(concepts.filter(({ name }) => /prepositions/i.test(name)).length);
});

test("files have all of the map", async ({ page }) => {
  const { concepts } = await course(page);
  await open(page, "?target=gr_relative");
  const save = async (kind: string) => {
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: `↓ ${kind}` }).click();
    return readFileSync(await (await download).path());
  };
  const csv = (await save("CSV")).toString();
  expect(csv.trim().split("\r\n")).toHaveLength(concepts.length + 1);
  expect(csv).toContain("Relative clauses,");
  const svg = (await save("SVG")).toString();
  expect(svg.match(/<rect [^>]*width="152"/g)).toHaveLength(concepts.length);
  expect(svg).toContain("#c8620e"); // a cause
  const png = await save("PNG");
  expect(png.readUInt32BE(16)).toBeGreaterThan(2000);
});

test("a reply that fails is said in its card, and the rest stays", async ({ page, watched }) => {
  watched.allowed.push(/500/);
  await page.route("**/graphql", (route) =>
    route.request().postDataJSON().operationName === "ConceptsCauses" ? route.fulfill({ status: 500, body: "" }) : route.continue(),
  );
  await open(page);
  await expect(page.getByRole("region", { name: "What holds the class back" }).getByRole("alert")).toBeVisible();
});

test("accessible with weak areas and a path, as map and as list", async ({ page }) => {
  await open(page, "?clusters=1&target=gr_relative");
  await expect(page.getByText(/^A$/).first()).toBeVisible();
  for (const [width, colorScheme] of [
    [1440, "dark"],
    [320, "light"],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await expect(width === 1440 ? page.locator(".mapmark") : page.locator(".layerlist")).toBeVisible();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  }
});

test("the links are checked on request, with verdict, sides and interval", async ({ page }) => {
  await open(page);
  const card = page.getByRole("region", { name: "Do the links hold?" });
  await expect(card.getByRole("table")).toHaveCount(0);
  const sent = page.waitForRequest((request) => request.postDataJSON()?.operationName === "ConceptsLinks");
  await card.getByRole("button", { name: "Check the links" }).click();
  await sent;
  await expect(card.getByRole("heading", { name: "What to look at" })).toBeVisible();
  const query = "query LinksOfTest { graphHealth { linkEvidence(first: 500) { nodes { verdict studentsWith } } suggestions { nodes { message } } } }";
  const { data } = await (await page.request.post("/graphql", { data: { query } })).json();
  const links: { verdict: string; studentsWith: number | null }[] = data.graphHealth.linkEvidence.nodes;
  await expect(card.locator("li")).toHaveCount(data.graphHealth.suggestions.nodes.length);
  const decided = links.filter(({ verdict }) => verdict !== "TOO_FEW_ANSWERS").length;
  await expect(card.locator("tbody tr")).toHaveCount(decided);
  if (decided < links.length) await card.getByRole("button", { name: "Show all links" }).click();
  await expect(card.locator("tbody tr")).toHaveCount(links.length);
  await expect(card.locator("tbody tr", { hasText: /\d \(\d.* to \d.*\)/ })).toHaveCount(links.filter((link) => link.studentsWith !== null).length);
  await expectAccessible(page);
  await page.setViewportSize({ width: 320, height: 900 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
});

test("in German", async ({ page }) => {
  await open(page, "?target=gr_relative");
  await page.getByRole("button", { name: "DE", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Was die Klasse aufhält" })).toBeVisible();
  await expect(page.locator(".mapmark")).toHaveAccessibleName(/Mittel der Klasse \d+ %/);
  await screenshot(page, "concepts-german");
});
