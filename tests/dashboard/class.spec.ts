/** The class page: what holds the class back and whom, who needs a word, and the week, against the API's own replies. */
import type { APIRequestContext, Page } from "@playwright/test";
import { ask, expect, expectAccessible, screenshot, test } from "./fixtures";

const CLASS = "/dashboard/classes/demo";

/** Let the page see replies of one document as a function makes them. */
async function change<Data>(page: Page, operation: string, edit: (data: Data) => void): Promise<void> {
  await page.route("/graphql", async (route) => {
    if (route.request().postDataJSON()?.operationName !== operation) return route.fallback();
    const reply = await route.fetch();
    const body = await reply.json();
    edit(body.data);
    await route.fulfill({ response: reply, json: body });
  });
}

interface Causes {
  group: {
    rootCauses: {
      causes: {
        studentsBlocked: number;
        concept: { id: string; name: string };
        blocks: { name: string }[];
        heldBackStudents: { nodes: { attempts: number; student: { id: string; name: string } }[] };
      }[];
    };
  };
}

const CAUSES = `{ group(id: "demo") { rootCauses(first: 3) { causes {
  studentsBlocked concept { id name } blocks { name } heldBackStudents { nodes { attempts student { id name } } } } } } }`;

test("what to teach next is the first root cause, with the students whom it holds back", async ({ page, request }) => {
  const [first, second] = (await ask<Causes>(request, CAUSES)).group.rootCauses.causes;
  await page.goto(CLASS);
  const card = page.getByRole("region", { name: "Teach this next" });
  await expect(card.getByRole("heading", { level: 2 })).toHaveText(first!.concept.name);
  const stuck = first!.heldBackStudents.nodes;
  await expect(card).toContainText(`${stuck.length} students are stuck on this`);
  await expect(card).toContainText(`${first!.studentsBlocked} of them can’t go on.`);
  for (const { student, attempts } of stuck) {
    const link = card.getByRole("link", { name: student.name });
    await expect(link).toContainText(`${attempts} answers`);
    await expect(link).toHaveAttribute("href", `${CLASS}/students/${student.id}?target=${encodeURIComponent(`concept:${first!.concept.id}`)}`);
  }
  const waiting = card.getByRole("list", { name: "What waits for it" }).getByRole("listitem");
  await expect(waiting).toHaveCount(first!.blocks.length);
  for (const { name } of first!.blocks) await expect(waiting.filter({ hasText: name })).toContainText("waits for");

  const line = card.getByRole("list", { name: "After that" }).getByRole("listitem").filter({ hasText: second!.concept.name });
  for (const { student } of second!.heldBackStudents.nodes) await expect(line).toContainText(student.name);

  await card.getByText("How this was found").click();
  await expect(card.getByText("Weak means a level under 50% after at least 5 answers.")).toBeVisible();
});

test("the heat map can be kept to the students of a cause, and the address says so", async ({ page, request }) => {
  const [first, second] = (await ask<Causes>(request, CAUSES)).group.rootCauses.causes;
  await page.goto(CLASS);
  const card = page.getByRole("region", { name: "Teach this next" });
  await card.getByRole("button", { name: `Show ${first!.heldBackStudents.nodes.length} students` }).first().click();
  await expect(page).toHaveURL(`${CLASS}?only=${first!.concept.id}`);
  await expect(card.getByRole("button", { name: "Show all students" })).toBeVisible();
  const chip = page.locator(".heat-card").getByRole("button", { name: first!.concept.name });
  await chip.click();
  await expect(page).toHaveURL(CLASS);
  await expect(chip).toHaveCount(0);

  await page.goto(`${CLASS}?only=${second!.concept.id}`);
  await expect(page.locator(".heat-card").getByRole("button", { name: second!.concept.name })).toBeVisible();
});

test("who needs a word: as the API orders them, with reasons that open the right page", async ({ page, request }) => {
  const { group } = await ask<{
    group: { atRisk: { atRiskCount: number; membersChecked: number; students: { student: { id: string; name: string }; reasons: { __typename: string; conceptId?: string; days?: number }[] }[] } };
  }>(request, `{ group(id: "demo") { atRisk(first: 500) { atRiskCount membersChecked students { student { id name } reasons { __typename ... on RootCauseReason { conceptId } ... on Inactivity { days } } } } } }`);
  const { students, atRiskCount, membersChecked } = group.atRisk;
  await page.goto(CLASS);
  const card = page.getByRole("region", { name: "Who needs a word today" });
  await expect(card.getByText(`${atRiskCount} of ${membersChecked}`)).toBeVisible();
  const names = card.locator("strong");
  await expect(names.filter({ visible: true })).toHaveText(students.slice(0, 5).map(({ student }) => student.name));
  await card.getByText(`Show the other ${atRiskCount - 5}`).click();
  await expect(names.filter({ visible: true })).toHaveText(students.map(({ student }) => student.name));

  const inactive = students.find(({ reasons }) => reasons.some(({ days }) => days !== undefined))!;
  const days = Math.round(inactive.reasons.find((reason) => reason.days !== undefined)!.days!);
  await expect(card.locator("li", { has: page.locator("strong", { hasText: inactive.student.name }) })).toContainText(`No answers for ${days} days, since`);
  await expect(card.getByText(/for over a week|new this week/).first()).toBeVisible();

  const held = students.find(({ reasons }) => reasons[0]!.__typename === "RootCauseReason")!;
  await card.getByRole("link", { name: held.student.name }).click();
  await expect(page).toHaveURL(`${CLASS}/students/${held.student.id}?target=${encodeURIComponent(`concept:${held.reasons[0]!.conceptId}`)}`);
});

test("the week is that of the answers, in the time zone of the viewer", async ({ page, request }) => {
  const day = (moment: string | Date) => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Berlin" }).format(new Date(moment));
  const noon = new Date(`${day(new Date())}T12:00:00Z`).getTime();
  const days = [...Array(14)].map((_, index) => day(new Date(noon - (13 - index) * 86_400_000)));
  const { group } = await ask<{ group: { members: { nodes: { name: string; answers: { nodes: { at: string }[] } }[] } } }>(
    request,
    `query ($since: DateTime!) { group(id: "demo") { members(first: 100) { nodes { name answers(since: $since, first: 200) { nodes { at } } } } } }`,
    { since: new Date(noon - 15 * 86_400_000).toISOString() },
  );
  const counts = new Map(days.map((one) => [one, 0]));
  const present = new Set<string>();
  for (const { name, answers } of group.members.nodes) {
    for (const { at } of answers.nodes) {
      if (counts.has(day(at))) counts.set(day(at), counts.get(day(at))! + 1);
      if (days.indexOf(day(at)) >= 7) present.add(name);
    }
  }
  const numbers = days.map((one) => counts.get(one)!);
  const sum = (some: number[]) => some.reduce((total, number) => total + number, 0);
  const absent = group.members.nodes.map(({ name }) => name).filter((name) => !present.has(name));

  // In the morning: the page says that today is a part of a day.
  await page.clock.setFixedTime(new Date(`${days[13]}T08:40:00Z`));
  await page.goto(CLASS);
  const card = page.getByRole("region", { name: "This week" });
  await expect(card.locator(".stat").first()).toHaveText(`${sum(numbers.slice(7))}answers, ${sum(numbers.slice(0, 7))} the week before`);
  await expect(card.locator(".stat").nth(1)).toContainText(String(absent.length));
  for (const name of absent.slice(0, 8)) await expect(card.locator(".absent")).toContainText(name);
  if (sum(numbers) > 0) {
    await expect(card.getByText(/Today is only part of a day: answers until (09|10):40/)).toBeVisible();
    await card.getByText("The same as a table").click();
    const rows = card.getByRole("row");
    await expect(rows).toHaveCount(8);
    for (const index of [0, 1, 2, 3, 4, 5, 6]) await expect(rows.nth(index + 1).getByRole("cell")).toHaveText([String(numbers[index + 7]), String(numbers[index])]);
    const download = page.waitForEvent("download");
    await card.getByRole("button", { name: "Download CSV" }).click();
    expect((await download).suggestedFilename()).toMatch(/\.csv$/);
  }

  const start = await page.evaluate(() => {
    const now = new Date();
    return new Date(now.getFullYear(), now.getMonth(), now.getDate() - 6).toISOString();
  });
  const levels = await ask<{ group: Record<"now" | "then", { meanLevel: number; statuses: { status: string; count: number }[] }> }>(
    request,
    `query ($start: DateTime!) { group(id: "demo") { now: distribution { meanLevel statuses { status count } } then: distribution(asOf: $start) { meanLevel statuses { status count } } } }`,
    { start },
  );
  const level = ({ meanLevel }: { meanLevel: number }) => `${Math.floor(meanLevel * 100 + 1e-9)}%`;
  const mastered = ({ statuses }: { statuses: { status: string; count: number }[] }) => statuses.find(({ status }) => status === "MASTERED")?.count;
  await expect(card.locator(".stat").nth(2)).toHaveText(`${level(levels.group.now)}mean level, ${level(levels.group.then)} a week ago`);
  await expect(card.locator(".stat").nth(3)).toHaveText(`${mastered(levels.group.now)}mastered, ${mastered(levels.group.then)} a week ago`);
});

test("opened details on a phone, in the dark, and in German", async ({ page }) => {
  await page.goto(CLASS);
  await expect(page.locator(".week .levels-week")).toBeVisible();
  await expect(page.getByRole("list", { name: "What waits for it" })).toContainText("waits for");
  for (const details of await page.locator(".hero details, .words details, .week details").all()) await details.locator("summary").first().click();
  await page.setViewportSize({ width: 320, height: 900 });
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page);
  await page.getByRole("button", { name: "DE", exact: true }).click();
  await expect(page.getByRole("region", { name: "Das als Nächstes unterrichten" })).toContainText("hängen hier fest");
  await expect(page.getByRole("region", { name: "Wer heute ein Wort braucht" })).toContainText("Aufgehalten von");
  await expect(page.getByRole("region", { name: "Diese Woche" })).toContainText("mittleres Niveau");
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await screenshot(page, "class-cards-de-320");
});

test("nothing holds the class back, and no student needs a word", async ({ page }) => {
  await change<{ group: { rootCauses: { causes: unknown[] } } }>(page, "ClassNext", (data) => void (data.group.rootCauses.causes = []));
  await change<{ group: { atRisk: object } }>(page, "ClassWords", (data) => Object.assign(data.group.atRisk, { students: [], atRiskCount: 0 }));
  await page.goto(CLASS);
  const card = page.getByRole("region", { name: "Teach this next" });
  await expect(card).toContainText("No concept holds the class back");
  await expect(card).toContainText(/Furthest behind: .+, mean level \d+%\./);
  await expect(page.getByText("No student needs a word today")).toBeVisible();
  await expectAccessible(page);
  await screenshot(page, "class-cards-nothing");
});

test("an empty class says what to do, and a class of others does not say whether it exists", async ({ page }) => {
  let size = 0;
  await change<{ group: { size: number; distribution: object } | null }>(page, "ClassHead", (data) => {
    if (data.group === null) return;
    data.group.size = size;
    Object.assign(data.group.distribution, { defined: 0, meanLevel: null, hardest: [] });
  });
  await page.goto(CLASS);
  await expect(page.getByRole("heading", { name: "No students yet" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Add students" })).toHaveAttribute("href", `${CLASS}/manage?part=roster`);
  await expectAccessible(page);
  size = 30;
  await page.reload();
  await expect(page.getByRole("heading", { name: "No answers yet" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Upload answers" })).toHaveAttribute("href", `${CLASS}/manage?part=upload`);
  await screenshot(page, "class-cards-empty");
  await page.goto("/dashboard/classes/other");
  await expect(page.getByRole("heading", { name: "You don’t teach this class" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Your classes" })).toBeVisible();
});

test("a fault in one card stays in that card", async ({ page }) => {
  let fails = true;
  await page.route("/graphql", async (route) => {
    if (!fails || route.request().postDataJSON()?.operationName !== "ClassWords") return route.fallback();
    await route.fulfill({ json: { data: { group: null }, errors: [{ message: "Too slow", path: ["group", "atRisk"], extensions: { code: "TIMEOUT" } }] } });
  });
  await page.goto(CLASS);
  const card = page.getByRole("region", { name: "Who needs a word today" });
  await expect(card.getByRole("alert")).toContainText("This part could not be loaded.");
  await expect(page.getByRole("region", { name: "Teach this next" }).getByRole("heading", { level: 2 })).toBeVisible();
  fails = false;
  await card.getByRole("button", { name: "Try again" }).click();
  await expect(card.getByText("Held back by").first()).toBeVisible();
});

test("many classes: sizes, a search in the address, and the way into one", async ({ page }) => {
  const many = [...Array(12)].map((_, index) => ({ __typename: "Group", id: `class-${index}`, name: `Class ${index + 1}`, size: index, courses: [] }));
  await page.route("/graphql", async (route) => {
    const { operationName, variables } = route.request().postDataJSON() ?? {};
    if (operationName !== "HomeClasses") return route.fallback();
    const nodes = many.filter(({ name }) => name.toLowerCase().includes((variables.search ?? "").toLowerCase()));
    const pageInfo = { __typename: "PageInfo", hasNextPage: false, endCursor: null };
    await route.fulfill({ json: { data: { groups: { __typename: "GroupConnection", totalCount: nodes.length, pageInfo, nodes } } } });
  });
  await page.goto("/dashboard/");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("All classes");
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(12);
  await expect(page.getByRole("link", { name: /Class 2\b/ })).toContainText("1 student");
  await screenshot(page, "home-classes");
  await expectAccessible(page);
  await page.getByRole("searchbox").fill("class 11");
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(1);
  await expect(page).toHaveURL(/\?search=class\+11$/);
  await page.getByRole("searchbox").fill("zoo");
  await page.getByRole("button", { name: "Show all classes" }).click();
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(12);
  await page.getByRole("link", { name: /Class 12\b/ }).click();
  await expect(page).toHaveURL(/\/classes\/class-11$/);
});
