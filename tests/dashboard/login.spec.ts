/** Login by a token and by an OpenID provider, what a student sees, and the end of a login. */
import type { Page } from "@playwright/test";
import { expect, expectAccessible, screenshot, test, type Watched } from "./fixtures";

const guarded = process.env.DASHBOARD_GUARDED_URL;
const withLogin = process.env.DASHBOARD_LOGIN_URL;
const issuer = process.env.DASHBOARD_ISSUER ?? "";
const CLASS = "/dashboard/classes/demo";

async function logInByToken(page: Page, token: string): Promise<void> {
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
}

test.describe("by a token", () => {
  test.skip(guarded === undefined, "DASHBOARD_GUARDED_URL names no service");
  test.use({ baseURL: guarded });
  const { DASHBOARD_TOKEN_TEACHER: teacher = "", DASHBOARD_TOKEN_STUDENT: student = "", DASHBOARD_TOKEN_STRANGER: stranger = "" } = process.env;

  test("a refused token is explained, an accepted one leads to the address that was opened", async ({ page, watched }) => {
    watched.allowed.push(/401/);
    await page.goto(`${CLASS}?status=needs_focus`);
    await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await expect(page.getByRole("alert")).toContainText("Paste a token first.");
    await logInByToken(page, "not.a.token");
    await expect(page.getByRole("alert")).toContainText("The service does not accept this token.");
    await expect(page.getByLabel("Token")).toBeFocused();
    await expectAccessible(page);
    await logInByToken(page, `Bearer ${teacher}`);
    await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
    await expect(page).toHaveURL(`${CLASS}?status=needs_focus`);
    await page.reload();
    await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
    await page.getByRole("button", { name: "Log out" }).click();
    await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
    await expect(page.getByText("Your login has ended")).toBeHidden();
    expect(await page.evaluate(() => [sessionStorage.length, JSON.stringify(localStorage).includes("eyJ")])).toEqual([0, false]);
  });

  test("the page in German, light and dark, on a phone", async ({ page }) => {
    await page.goto("/dashboard");
    await page.getByRole("button", { name: "DE" }).click();
    await expect(page.getByRole("heading", { name: "Anmelden" })).toBeVisible();
    for (const [width, colorScheme] of [[1440, "light"], [390, "light"], [390, "dark"], [320, "dark"]] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      await screenshot(page, `login-${width}-${colorScheme}`);
    }
  });

  test("a student sees one student and no class", async ({ page }) => {
    const replies: Promise<string>[] = [];
    page.on("response", (reply) => {
      if (reply.url().endsWith("/graphql")) replies.push(reply.text().catch(() => ""));
    });
    await page.goto("/dashboard");
    await logInByToken(page, student);
    await expect(page).toHaveURL(/\/dashboard\/students\/demo-27$/);
    await expect(page.getByRole("navigation", { name: "Pages" })).toBeHidden();
    for (const path of ["", "/concepts", "/questions", "/trust", "/manage", "/students/demo-01"]) {
      await page.goto(`${CLASS}${path}`);
      await expect(page.getByRole("heading", { name: "You are not allowed to see this." })).toBeVisible();
    }
    await page.goto("/dashboard/students/demo-01");
    await expect(page.getByRole("heading", { name: "You are not allowed to see this." })).toBeVisible();
    await screenshot(page, "login-not-allowed");
    await page.goto(`${CLASS}/students/demo-27?target=concept%3Agr_articles`);
    await expect(page).toHaveURL(/\/dashboard\/students\/demo-27\?target=concept%3Agr_articles$/);
    expect((await Promise.all(replies)).join()).not.toMatch(/demo-(?!27)\d\d|Alma Quill/);
  });

  test("a teacher of no class has none", async ({ page }) => {
    await page.goto("/dashboard");
    await logInByToken(page, stranger);
    await expect(page.getByRole("heading", { name: "You have no classes yet" })).toBeVisible();
  });
});

test.describe("by an OpenID provider", () => {
  test.skip(withLogin === undefined, "DASHBOARD_LOGIN_URL names no service");
  test.use({ baseURL: withLogin });
  const wish = (wishes: object) => fetch(`${issuer}/tests`, { method: "POST", body: JSON.stringify(wishes) });
  const logInAs = async (page: Page, name: string) => {
    await page.getByRole("button", { name: "Log in with your account" }).click();
    await page.getByRole("link", { name }).click();
  };
  const allowIssuer = (watched: Watched) => watched.allowed.push(new RegExp(`request to ${issuer}$`));
  const tokenIn = (page: Page) => page.evaluate(() => sessionStorage.getItem("token") ?? "");
  const claims = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as { sub: string; aud: string };

  test("leads to the address that was opened, with the access token", async ({ page, watched }) => {
    allowIssuer(watched);
    await wish({});
    await page.goto(`${CLASS}?sort=asc%3Agrammar_cases`);
    await expect(page.getByRole("button", { name: "Log in with your account" })).toBeVisible();
    await expectAccessible(page);
    await screenshot(page, "login-provider");
    await logInAs(page, "teacher-ada");
    await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
    await expect(page).toHaveURL(`${CLASS}?sort=asc%3Agrammar_cases`);
    expect(claims(await tokenIn(page))).toMatchObject({ sub: "teacher-ada", aud: "graph-api" });
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual(["token"]);
  });

  test("a student comes to the own page", async ({ page, watched }) => {
    allowIssuer(watched);
    await wish({});
    await page.goto("/dashboard");
    await logInAs(page, "demo-27");
    await expect(page).toHaveURL(/\/dashboard\/students\/demo-27$/);
  });

  test("with an opaque access token, the ID token is sent", async ({ page, watched }) => {
    allowIssuer(watched);
    await wish({ opaque: true });
    await page.goto(CLASS);
    await logInAs(page, "teacher-ada");
    await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
    expect(claims(await tokenIn(page)).aud).toContain("dashboard");
  });

  test("a refusal, a wrong state and a used address are explained, and data stay away", async ({ page, watched }) => {
    allowIssuer(watched);
    await wish({});
    await page.goto(CLASS);
    await logInAs(page, "refuse");
    await expect(page.getByRole("alert")).toContainText("The login did not work.");
    await expect(page.getByRole("alert")).toContainText("access_denied");
    await expect(page).toHaveURL(CLASS);
    await page.goto("/dashboard/login/callback?code=stolen&state=forged");
    await expect(page.getByRole("alert")).toContainText("This login was not begun in this tab");
    await page.evaluate(() => sessionStorage.setItem("login", JSON.stringify({ verifier: "v".repeat(43), state: "mine", nonce: "n", returnTo: "/dashboard/" })));
    await page.goto("/dashboard/login/callback?code=stolen&state=forged");
    await expect(page.getByRole("alert")).toContainText("state");
    expect(await tokenIn(page)).toBe("");
  });

  test("is renewed with a refresh token, and the page stays", async ({ page, watched }) => {
    allowIssuer(watched);
    await wish({ seconds: 62, refresh: true });
    await page.goto(CLASS);
    await logInAs(page, "teacher-ada");
    await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
    const first = await tokenIn(page);
    await wish({ seconds: 3600, refresh: true });
    await expect.poll(() => tokenIn(page)).not.toBe(first);
    await expect(page).toHaveURL(CLASS);
    await expect(page.getByText(/Your login ends/)).toBeHidden();
  });

  test("its end is shown before, and logging in again leads back", async ({ page, watched }) => {
    watched.allowed.push(/401/, /WebSocket/);
    allowIssuer(watched);
    await wish({ seconds: 6 });
    await page.goto(`${CLASS}?status=mastered`);
    await logInAs(page, "teacher-ada");
    await expect(page.getByText(/Your login ends at \d\d:\d\d/)).toBeVisible();
    await screenshot(page, "login-ends");
    await expect(page.getByText("Your login has ended. Log in again to go on where you were.")).toBeVisible();
    await wish({});
    await logInAs(page, "teacher-ada");
    await expect(page).toHaveURL(`${CLASS}?status=mastered`);
    await expect(page.getByRole("navigation", { name: "Pages" })).toBeVisible();
  });
});
