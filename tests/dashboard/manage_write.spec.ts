/** Editing, on a demo service that may be written to: DASHBOARD_WRITE_URL. What a test changes it reads again through the API. */
import type { APIRequestContext, Page } from "@playwright/test";
import { ask, expect, expectAccessible, screenshot, test } from "./fixtures";

const URL = process.env.DASHBOARD_WRITE_URL;
test.skip(URL === undefined, "DASHBOARD_WRITE_URL names no writable service");
test.use({ baseURL: URL });
// Writes replay levels: on a busy machine a test of many of them takes longer than one that only reads.
test.describe.configure({ timeout: 180_000 });

/** Unlike those of earlier runs on the same service. */
const RUN = Date.now().toString(36);
const GROUP = `class-${RUN}`;

async function open(page: Page, part: string, group = "demo", more = ""): Promise<void> {
  await page.goto(`/dashboard/classes/${group}/manage?part=${part}${more}`);
  await expect(page.getByRole("heading", { level: 1, name: "Manage" })).toBeVisible();
}

const members = async (request: APIRequestContext) => {
  const { students } = await ask<{ students: { nodes: { id: string; name: string }[] } }>(request, "query($group: ID!) { students(groupId: $group, orderBy: ID) { nodes { id name } } }", { group: GROUP });
  return students.nodes.map(({ id, name }) => [id, name]);
};

test("a class is created, filled from pasted lines, and a student removed", async ({ page, request }) => {
  await open(page, "roster");
  await page.getByText("New class", { exact: true }).click();
  await page.getByLabel("Id of the new class").fill(GROUP);
  await page.getByLabel("Name of the new class").fill("Test class");
  await page.getByRole("button", { name: "Create class" }).click();
  await page.getByRole("link", { name: "Open it" }).click();
  await expect(page.getByText("No students yet.")).toBeVisible();

  const lines = page.getByLabel("One student a line: id, name");
  await lines.fill(`a-${RUN}, Ada Lark\n, Nobody`);
  await expect(page.getByText("Line 2 (, Nobody) has no id.")).toBeVisible();
  await lines.fill(`a-${RUN}, Ada Lark\nb-${RUN}\tBen Wren\ndemo-25`);
  let sent = 0;
  page.on("request", (each) => (sent += each.postData()?.includes("ManageAddMembers") ? 1 : 0));
  await page.getByRole("button", { name: "Add 3 students" }).dblclick();
  await expect(page.getByText("New: Ada Lark and Ben Wren. Added to the class: Ada Lark, Ben Wren and Yara Egret.")).toBeVisible();
  expect(sent).toBe(1);
  expect(await members(request)).toEqual([[`a-${RUN}`, "Ada Lark"], [`b-${RUN}`, "Ben Wren"], ["demo-25", "Yara Egret"]]);

  await lines.fill(`a-${RUN}, Ada Larch\nb-${RUN}`);
  await page.getByRole("button", { name: "Add 2 students" }).click();
  await expect(page.getByText("Renamed: Ada Larch. In the class already: Ada Larch and Ben Wren.")).toBeVisible();

  await page.getByLabel("Select Ben Wren").check();
  await page.getByRole("button", { name: "Remove 1 student" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(page.getByText("Taken out of the class: Ben Wren.")).toBeVisible();
  expect(await members(request)).toEqual([[`a-${RUN}`, "Ada Larch"], ["demo-25", "Yara Egret"]]);
});

test("a class gets teachers, a name and is archived; a name changed meanwhile is not overwritten unseen", async ({ page, request }) => {
  const group = `taught-${RUN}`;
  await ask(request, 'mutation($group: ID!) { upsertGroup(input: {id: $group, name: "Taught"}) { failure { code } } }', { group });
  await open(page, "roster", group);
  await page.getByLabel("Id of a teacher").fill("teacher-ada, teacher-eve");
  await page.getByRole("region", { name: "Teachers" }).getByRole("button", { name: "Add" }).click();
  await expect(page.getByText("Now teaching this class: teacher-ada and teacher-eve.")).toBeVisible();
  await page.getByRole("button", { name: "Remove teacher teacher-eve" }).click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(page.getByText("Not teaching this class any more: teacher-eve.")).toBeVisible();

  const name = page.getByLabel("Name of the class", { exact: true });
  await name.fill("Mine");
  await ask(request, "mutation($group: ID!) { upsertGroup(input: {id: $group, name: \"Theirs\"}) { failure { code } } }", { group });
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByText("Someone changed this class meanwhile")).toBeVisible();
  await expect(page.getByText("Now: Theirs")).toBeVisible();
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByText("The class is now called Mine.")).toBeVisible();

  await page.getByRole("button", { name: "Archive class" }).click();
  await page.getByRole("button", { name: "Archive", exact: true }).click();
  await expect(page.getByText("This class is archived.")).toBeVisible();
  const { group: read } = await ask<{ group: { name: string; teacherIds: string[]; archivedAt: string | null } }>(request, "query($group: ID!) { group(id: $group) { name teacherIds archivedAt } }", { group });
  expect(read).toMatchObject({ name: "Mine", teacherIds: ["teacher-ada"] });
  expect(read.archivedAt).not.toBeNull();
  await page.getByRole("button", { name: "Restore class" }).click();
  await expect(page.getByText("The class is back in all lists.")).toBeVisible();
});

async function choose(page: Page, label: string, text: string): Promise<void> {
  const field = page.getByRole("combobox", { name: label });
  await field.fill(text);
  await page.getByRole("listbox", { name: label }).getByRole("option", { name: text }).first().click();
}

const prerequisites = async (request: APIRequestContext, concept: string) => {
  const { concept: read } = await ask<{ concept: { prerequisites: { name: string }[] } }>(request, "query($concept: ID!) { concept(id: $concept) { prerequisites { name } } }", { concept });
  return read.prerequisites.map(({ name }) => name);
};

test("a link that would close a circle is drawn, and one that would not is saved and undone", async ({ page, request }) => {
  await open(page, "course");
  await choose(page, "Comes first", "Definite and indefinite articles");
  await choose(page, "Builds on it", "Grammatical gender");
  await page.getByRole("button", { name: "Link", exact: true }).click();
  await expect(page.getByText("That would go in a circle.")).toBeVisible();
  await expect(page.getByRole("list", { name: "The circle" }).getByRole("listitem")).toHaveText([/Grammatical gender/, /Definite and indefinite articles/, /Grammatical gender refused/]);
  await expectAccessible(page);
  await screenshot(page, "manage-circle");
  expect(await prerequisites(request, "gr_gender")).not.toContain("Definite and indefinite articles");

  await choose(page, "Comes first", "Grammatical gender");
  await choose(page, "Builds on it", "Past participle, irregular");
  await page.getByRole("button", { name: "Link", exact: true }).click();
  await expect(page.getByText("Grammatical gender now comes before Past participle, irregular.")).toBeVisible();
  expect(await prerequisites(request, "gr_participle_irr")).toContain("Grammatical gender");

  await page.getByLabel("Skill", { exact: true }).selectOption({ label: "Past Tense" });
  const unlink = page.getByRole("button", { name: "Remove the link: Grammatical gender comes before Past participle, irregular" });
  await unlink.click();
  await expect(page.getByText("Grammatical gender does not come before Past participle, irregular any more.")).toBeVisible();
  expect(await prerequisites(request, "gr_participle_irr")).not.toContain("Grammatical gender");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(unlink).toBeVisible();
  await unlink.click();
  await expect(unlink).toHaveCount(0);
});

const mastered = async (request: APIRequestContext) => {
  const { skill } = await ask<{ skill: { thresholds: { mastered: number }; thresholdRevision: number } }>(request, '{ skill(code: "vocab_b1") { thresholdRevision thresholds { mastered } } }');
  return skill;
};

test("thresholds show what they would change, are saved over a conflict, and return to the default", async ({ page, request }) => {
  await open(page, "thresholds", "demo", "&scope=skill:vocab_b1");
  const field = page.getByLabel("Mastered from, %");
  await field.fill("30");
  await expect(page.getByText("“Mastered” must be above “needs focus”.")).toBeVisible();
  await field.fill("60");
  const preview = page.getByText(/\d+ status(es)? of \d+ would change:/);
  await expect(preview).toBeVisible();
  const expected = /(\d+) status/.exec((await preview.textContent())!)![1];

  // Another user saves first.
  await ask(request, 'mutation { putThresholds(input: {skillCode: "vocab_b1", mastered: 0.9, note: "theirs"}) { failure { code } } }');
  await page.getByLabel("Reason").fill("Test of the page");
  await page.getByRole("button", { name: "Save thresholds" }).click();
  await expect(page.getByText(/Someone saved version \d+ meanwhile/)).toBeVisible();
  await expect(page.getByText("Now: 90", { exact: true })).toBeVisible();
  await expect(field).toHaveValue("60");
  const after = /(\d+) status/.exec((await preview.textContent())!)![1];
  await page.getByRole("button", { name: "Save thresholds" }).click();
  await expect(page.getByText(`Saved. ${after} statuses of this class changed.`)).toBeVisible();
  expect(Number(expected)).toBeGreaterThanOrEqual(Number(after));
  expect((await mastered(request)).thresholds.mastered).toBe(0.6);
  await expect(page.getByRole("cell", { name: "Test of the page" }).first()).toBeVisible();
  await screenshot(page, "manage-thresholds");

  await page.getByRole("button", { name: "Return to the default" }).click();
  await page.getByRole("button", { name: "Return", exact: true }).click();
  await expect(page.getByText(/^. Back to the default\./)).toBeVisible();
  await expect(field).toHaveValue("95");
  expect((await mastered(request)).thresholds.mastered).toBe(0.95);
});

test("a file is checked, its rejected row shown, and the others recorded", async ({ page, request, watched }) => {
  watched.allowed.push(/status of 400/); // the refused time zone
  const student = `f-${RUN}`;
  await ask(request, "mutation($id: ID!) { upsertStudents(input: [{id: $id}]) { failure { code } } }", { id: student });
  const rows = ["who,ok,topic,when", `${student},1,vocab_a1,2026-01-05T10:00:00Z`, `${student},maybe,vocab_a1,2026-01-05T10:01:00Z`, `${student},0,vocab_a1,2026-01-05T10:02:00Z`];
  await open(page, "upload");
  await page.getByLabel("File", { exact: true }).setInputFiles({ name: `${RUN}.csv`, mimeType: "text/csv", buffer: Buffer.from(rows.join("\n")) });
  await page.getByText("Columns of a file of your own").click();
  for (const [label, column] of [["Student", "who"], ["Right or wrong", "ok"], ["Skill", "topic"], ["Time", "when"]] as const) await page.getByLabel(label, { exact: true }).fill(column);
  await page.getByLabel("Time zone of its times").fill("Mars");
  await page.getByRole("button", { name: "Check the file" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "must name a time zone" })).toBeVisible();
  await page.getByLabel("Time zone of its times").fill("");
  await page.getByRole("button", { name: "Check the file" }).click();
  const report = page.getByRole("region", { name: "What was read" });
  await expect(report.getByRole("row", { name: /3 ok maybe must be 1 or 0/ })).toBeVisible();
  const answers = async () => (await ask<{ student: { attempts: number } }>(request, "query($id: ID!) { student(id: $id) { attempts } }", { id: student })).student.attempts;
  expect(await answers()).toBe(0);
  await expectAccessible(page);
  await screenshot(page, "manage-upload");
  await report.getByLabel("Leave the rejected rows out").check();
  await report.getByRole("button", { name: "Record 2 answers" }).click();
  await expect(page.getByText("2 answers recorded.")).toBeVisible();
  await expect(page.getByRole("table", { name: "Rejected rows" })).toBeVisible();
  expect(await answers()).toBe(2);
});

test("an override sets the level, asks before its note is lost, and is revoked", async ({ page, request }) => {
  const level = async () => {
    const { student } = await ask<{ student: { mastery: { level: number; judgementCount: number } } }>(request, '{ student(id: "demo-25") { mastery(conceptId: "gr_articles") { level judgementCount } } }');
    return student.mastery;
  };
  const before = await level();
  await open(page, "evidence");
  const student = page.getByRole("combobox", { name: "Student" });
  await student.fill("Yara");
  await expect(page.getByRole("option", { name: /Yara Egret/ })).toBeVisible();
  await expect(page.getByRole("option")).toHaveCount(1);
  await student.press("ArrowDown");
  await student.press("Enter");
  await expect(student).toHaveValue("Yara Egret");
  await choose(page, "Concept or skill", "Definite and indefinite articles");
  await expect(page.getByText(/Level now: \d+%/)).toBeVisible();
  await page.getByLabel("has a level of …").check();
  await page.getByLabel("Level, %").fill("120");
  await page.getByRole("button", { name: "Record evidence" }).click();
  await expect(page.getByText("This must be a number from 1 to 99, not “120”.")).toBeVisible();
  await page.getByLabel("Level, %").fill("77");
  await page.getByLabel("Note", { exact: true }).fill(`Oral exam ${RUN}`);

  let asked = 0;
  page.once("dialog", (dialog) => {
    asked += 1;
    void dialog.dismiss();
  });
  await page.getByRole("link", { name: "Roster" }).click();
  expect(asked).toBe(1);
  await expect(page.getByLabel("Note", { exact: true })).toHaveValue(`Oral exam ${RUN}`);

  await page.getByRole("button", { name: "Record evidence" }).dblclick();
  await expect(page.getByText("Recorded: Definite and indefinite articles of Yara Egret is now at 77%, learning.")).toBeVisible();
  expect(await level()).toEqual({ level: 0.77, judgementCount: before.judgementCount + 1 });
  const entry = page.getByRole("listitem").filter({ hasText: `Oral exam ${RUN}` });
  await expect(entry).toHaveCount(1);
  await screenshot(page, "manage-evidence");
  await entry.getByRole("button", { name: /^Revoke/ }).click();
  await entry.getByLabel("Reason").fill("Wrong student");
  await entry.getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(page.getByText(/^. Revoked: Definite and indefinite articles is now at/)).toBeVisible();
  await expect(entry).toContainText("“Wrong student”");
  expect(await level()).toEqual(before);
});

for (const [theme, width] of [["light", 1440], ["dark", 390]] as const) {
  test(`every part is accessible and fits, ${theme} at ${width}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme });
    for (const part of ["roster", "course", "thresholds", "upload", "evidence"]) {
      await page.setViewportSize({ width, height: 900 });
      await open(page, part);
      await expect(page.getByRole("main").getByRole("textbox").or(page.getByRole("main").getByRole("combobox")).first()).toBeVisible();
      await expect(page.getByRole("status", { name: /Loading/ })).toHaveCount(0);
      await expectAccessible(page);
      await screenshot(page, `manage-${part}-${theme}-${width}`);
      if (width > 390) continue;
      await page.setViewportSize({ width: 320, height: 900 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    }
  });
}

test("a long import shows its progress and is stopped", async ({ page, request }) => {
  const student = `long-${RUN}`;
  await ask(request, "mutation($id: ID!) { upsertStudents(input: [{id: $id}]) { failure { code } } }", { id: student });
  const rows = Array.from({ length: 6_000 }, (_, n) => `${student},${n % 2},vocab_a1,${new Date(1.76e12 + n * 1000).toISOString()}`);
  await open(page, "upload");
  await page.getByLabel("File", { exact: true }).setInputFiles({ name: `${student}.csv`, mimeType: "text/csv", buffer: Buffer.from(["student,correct,skill,time", ...rows].join("\n")) });
  await page.getByText("Columns of a file of your own").click();
  for (const [label, column] of [["Student", "student"], ["Right or wrong", "correct"], ["Skill", "skill"], ["Time", "time"]] as const) await page.getByLabel(label, { exact: true }).fill(column);
  await page.getByRole("button", { name: "Check the file" }).click();
  await page.getByRole("button", { name: "Record 6,000 answers" }).click({ timeout: 60_000 });
  await expect(page.getByRole("progressbar", { name: "Import" })).toBeVisible({ timeout: 60_000 });
  await expect(page).toHaveURL(/run=/);
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("The import was stopped.")).toBeVisible({ timeout: 60_000 });
  await screenshot(page, "manage-stopped");
  const id = new globalThis.URL(page.url()).searchParams.get("run");
  const { run } = await ask<{ run: { status: string } }>(request, "query($id: ID!) { run(id: $id) { status } }", { id });
  expect(run.status).toBe("FAILED");
});

test("the parts are German where the browser is", async ({ browser }) => {
  const page = await browser.newPage({ baseURL: URL!, locale: "de-DE" });
  await page.goto("/dashboard/classes/demo/manage?part=thresholds");
  await expect(page.getByRole("heading", { name: "Ab wann gilt etwas als gemeistert?" })).toBeVisible();
  await expect(page.getByLabel("Gemeistert ab, %")).toHaveValue("95");
  await screenshot(page, "manage-german");
  await page.close();
});

/** Pretend another role: what the page then offers. The service enforces roles by itself (tests/security). */
async function pretend(page: Page, role: string): Promise<void> {
  await page.route("**/graphql", async (route) => {
    const reply = await route.fetch();
    if (!route.request().postData()?.includes("query ManageFrame")) return route.fulfill({ response: reply });
    const body = await reply.json();
    body.data.me.role = role;
    return route.fulfill({ response: reply, json: body });
  });
}

test("a teacher starts with evidence, and sees the rest with a sentence instead of controls", async ({ page }) => {
  await pretend(page, "TEACHER");
  await page.goto("/dashboard/classes/demo/manage");
  await expect(page.getByRole("heading", { name: "Record evidence" })).toBeVisible();
  await page.getByRole("link", { name: "Roster" }).click();
  await expect(page.getByText("You can see who is in the class.")).toBeVisible();
  await expect(page.getByRole("row", { name: /Yara Egret/ })).toBeVisible();
  await expect(page.getByRole("checkbox")).toHaveCount(0);
  await page.getByRole("link", { name: "Course links" }).click();
  await expect(page.getByRole("row", { name: /Dative case/ }).first()).toBeVisible();
  await expect(page.getByRole("button", { name: /Remove the link/ })).toHaveCount(0);
  await page.getByRole("link", { name: "Thresholds" }).click();
  await expect(page.getByLabel("Mastered from, %")).toBeDisabled();
  await page.getByRole("link", { name: "Upload" }).click();
  await expect(page.getByText("Administrators upload files of answers.")).toBeVisible();
  await page.unrouteAll({ behavior: "wait" });
});

test("a file that is too large for the check can be recorded without", async ({ page, watched }) => {
  watched.allowed.push(/status of 400/);
  await page.route("**/imports/answers", (route) =>
    route.fulfill({
      status: 400,
      json: { errors: [{ message: "file: must be read within 30 s by a dry run", extensions: { code: "INVALID_INPUT", field: "file", rule: "must be read within 30 s by a dry run", value: "" } }] },
    }),
  );
  await open(page, "upload");
  await page.getByLabel("File", { exact: true }).setInputFiles({ name: "large.csv", mimeType: "text/csv", buffer: Buffer.from("a,b") });
  await page.getByRole("button", { name: "Check the file" }).click();
  await expect(page.getByRole("button", { name: "Record without the check" })).toBeVisible();
});

test("a student is told whose page this is", async ({ page }) => {
  await pretend(page, "STUDENT");
  await page.goto("/dashboard/classes/demo/manage");
  await expect(page.getByRole("heading", { name: "This page is for teachers and administrators." })).toBeVisible();
  await page.unrouteAll({ behavior: "wait" });
});
