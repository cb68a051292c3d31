import { afterAll, expect, setDefaultTimeout } from "bun:test";
import { describeError, toErrorBody } from "@maru/protocol";
import { requires } from "@maru/testkit";
import type { Page, Route } from "playwright-core";
import { expectAccessible } from "./stage/axe.ts";
import { findFreePort } from "./stage/free-port.ts";
import { Mailbox } from "./stage/mailbox.ts";
import type { Person } from "./stage/person.ts";
import { SignInProvider } from "./stage/sign-in-provider.ts";
import { Stage } from "./stage/stage.ts";
import { ko as words } from "./stage/words.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");
const port = findFreePort();
const mailbox = await Mailbox.open();
const sun = await SignInProvider.open("sun", "해님", `http://localhost:${port}`);
afterAll(async () => {
  await mailbox.close();
  await sun.close();
});

const codePattern = /\b(\d{6})\b/;

/** Fills the sign-up in up to the code that comes by mail. */
async function asksForCode(person: Person): Promise<void> {
  const { page, words: common, credentials } = person;
  await page.goto(`${person.url}/sign-up`);
  await person.button(common.auth.signUp.age.yes).click();
  await person.field(common.auth.email.label).fill(credentials.email);
  await person.field(common.auth.password.label).fill(credentials.password);
  await person.button(common.common.next).click();
  await person.field(common.auth.nickname.label).fill(credentials.nickname);
  await page.getByText(common.auth.nickname.free).waitFor();
  await person.button(common.common.next).click();
  await page.getByRole("checkbox", { name: common.auth.signUp.consents.terms }).click();
  await page.getByRole("checkbox", { name: common.auth.signUp.consents.privacy }).click();
  await person.button(common.auth.signUp.submit).click();
  await person.field(words.code.label).waitFor();
}

/** Makes an account by the code that came by mail. */
async function signsUpByMail(person: Person): Promise<void> {
  await asksForCode(person);
  await person.field(words.code.label).fill(await mailbox.find(person.credentials.email, codePattern));
  await person.button(words.code.submit).click();
  await person.button(person.words.match.start, false).waitFor();
}

async function logsOut(person: Person): Promise<void> {
  await person.page.goto(`${person.url}/settings`);
  await person.button(person.words.settings.logOut).click();
  await person.page.getByRole("link", { name: person.words.landing.start }).first().waitFor();
}

/** Goes through the provider from the log-in page. */
async function goesThroughProvider(person: Person): Promise<void> {
  await person.page.goto(`${person.url}/log-in`);
  await person.button(words.providers.continueWith.replace("{{name}}", sun.name)).click();
}

chromium.describe("accounts with mail and a provider", () => {
  const stage = Stage.use({
    env: { ...mailbox.env, ...sun.env, MARU_ORIGIN: `http://localhost:${port}` },
    args: ["--port", String(port)],
  });

  chromium.test(
    "a mailed code makes the account; a reload in between loses nothing; a wrong code says how often one may try",
    stage.walk(async () => {
      const person = await stage.visitor({ device: "phone" });
      const { page } = person;
      await asksForCode(person);
      await page.getByText(person.credentials.email).waitFor();
      const code = await mailbox.find(person.credentials.email, codePattern);
      await person.picture("code-by-mail");
      await page.reload();
      const field = person.field(words.code.label);
      await field.fill(code === "111111" ? "222222" : "111111");
      await person.button(words.code.submit).click();
      await page.getByText(words.code.attemptsLeft_other.replace("{{count}}", "4")).waitFor();
      await expectAccessible(page, "the code by mail");
      expect(await field.getAttribute("autocomplete")).toBe("one-time-code");
      expect(await field.getAttribute("inputmode")).toBe("numeric");
      // Pasted as people paste it.
      await field.fill(` ${code.slice(0, 3)} ${code.slice(3)} `);
      await page.keyboard.press("Enter");
      await person.button(person.words.match.start, false).waitFor();
      expect(mailbox.count(person.credentials.email)).toBe(1);
    }),
  );

  chromium.test(
    "a forgotten password is set anew by the link, once; the answer never tells who has an account",
    stage.walk(async () => {
      const person = await stage.visitor();
      await signsUpByMail(person);
      await logsOut(person);
      const { page } = person;
      const ask = async (email: string) => {
        await page.goto(`${person.url}/log-in`);
        await page.getByRole("link", { name: words.logIn.forgot }).click();
        // The page that is left has a field of the same name.
        await person.button(words.forgot.submit).waitFor();
        await person.field(person.words.auth.email.label).fill(email);
        await person.button(words.forgot.submit).click();
        await page.getByText(words.forgot.sentText.replace("{{email}}", email)).waitFor();
      };
      await ask("nobody-at-all@maru.test");
      await ask(person.credentials.email);
      await person.picture("reset-sent");
      const link = await mailbox.find(person.credentials.email, /(http\S+\/reset-password#\S+)/);
      expect(mailbox.count("nobody-at-all@maru.test")).toBe(0);
      await page.goto(link);
      const password = "a completely other sentence";
      await person.field(person.words.auth.password.label).fill(password);
      await expectAccessible(page, "the link's page");
      expect(page.url()).not.toContain("#");
      await person.button(words.reset.submit).click();
      await page.waitForURL(/\/log-in/);
      await person.fillsInLogIn(person.credentials);
      await person.button(person.words.auth.logIn.submit).click();
      await page.getByText(describeError("sign_in.failed", "ko")).waitFor();
      await person.fillsInLogIn({ ...person.credentials, password });
      await person.button(person.words.auth.logIn.submit).click();
      await person.button(person.words.match.start, false).waitFor();

      await page.goto("about:blank");
      await page.goto(link);
      await person.field(person.words.auth.password.label).fill("one more sentence of mine");
      await person.button(words.reset.submit).click();
      await page.getByText(words.reset.broken.title).waitFor();
    }),
  );

  chromium.test(
    "a provider's first sign-in asks age and consents; the next one goes straight in",
    stage.walk(async () => {
      const person = await stage.visitor();
      const { page } = person;
      sun.be({ sub: "first", email: "first@sun.test", email_verified: true, nickname: person.credentials.nickname });
      await goesThroughProvider(person);
      await page.getByText(words.consent.title).waitFor();
      // The step survives a reload, and brings along the name the provider told.
      await page.reload();
      const nickname = person.field(person.words.auth.nickname.label);
      await nickname.waitFor();
      expect(await nickname.inputValue()).toBe(person.credentials.nickname);
      await person.picture("provider-profile");
      await page.getByText(person.words.auth.nickname.free).waitFor();
      await person.button(person.words.common.next).click();
      await person.button(words.consent.submit).click();
      await page.getByText(words.consent.ageMissing).waitFor();
      await page.getByRole("checkbox", { name: words.consent.age }).click();
      await person.button(words.consent.submit).click();
      await page.getByText(describeError("consent.required", "ko")).waitFor();
      await page.getByRole("checkbox", { name: person.words.auth.signUp.consents.all }).click();
      await expectAccessible(page, "consents after a provider");
      await person.picture("provider-consents");
      await person.button(words.consent.submit).click();
      await person.button(person.words.match.start, false).waitFor();

      await logsOut(person);
      await goesThroughProvider(person);
      await person.button(person.words.match.start, false).waitFor();

      // No password: the provider is the last way in, and stays.
      await page.goto(`${person.url}/settings/security`);
      await person.button(words.security.disconnectOf.replace("{{name}}", sun.name)).click();
      await page.getByRole("dialog").getByRole("button", { name: words.security.disconnect }).click();
      await page.getByText(describeError("provider.last_way", "ko")).waitFor();
      await person.picture("provider-last-way");
      await page.keyboard.press("Escape");

      // Who has no password logs in again where the last time is too long ago; ten minutes are not waited for here.
      const body = toErrorBody("auth.fresh_required", "ko");
      await page.route("**/api/me/totp", (route) => route.fulfill({ status: 403, json: { error: body } }), {
        times: 1,
      });
      await person.button(words.security.turnOn).click();
      await page.getByRole("dialog").getByRole("button", { name: words.proof.confirm }).click();
      await page.getByText(words.proof.fresh).waitFor();
      await person.picture("log-in-again");
      await person.button(words.proof.again.replace("{{name}}", sun.name)).click();
      await page.waitForURL(/\/settings\/security$/);
      await person.button(words.security.turnOn).click();
      await page.getByRole("dialog").getByRole("button", { name: words.proof.confirm }).click();
      await page.getByRole("img", { name: words.totp.qr }).waitFor();
    }),
  );

  chromium.test(
    "a provider that vouches for nothing is not linked by itself; whoever logs in connects it, and disconnects it",
    stage.walk(async () => {
      const owner = await stage.visitor();
      await signsUpByMail(owner);
      await logsOut(owner);
      const { page, credentials } = owner;
      sun.be({ sub: "claims-to-be", email: credentials.email, email_verified: false });
      await goesThroughProvider(owner);
      // Nothing tells that somebody has the address; its owner goes back and logs in.
      await page.getByText(words.consent.title).waitFor();
      await owner.button(words.step.startOver).click();
      await owner.fillsInLogIn(credentials);
      await owner.button(owner.words.auth.logIn.submit).click();
      await owner.button(owner.words.match.start, false).waitFor();
      await page.goto(`${owner.url}/settings/security`);
      await owner.button(words.security.connectOf.replace("{{name}}", sun.name)).click();
      const connecting = page.getByRole("dialog");
      await expectAccessible(page, "connecting a provider");
      await owner.picture("connect-provider");
      const connect = connecting.getByRole("button", { name: words.security.connect });
      await connecting.getByLabel(owner.words.auth.password.label, { exact: true }).fill("not-the-password");
      await connect.click();
      await page.getByText(describeError("password.wrong", "ko")).waitFor();
      await connecting.getByLabel(owner.words.auth.password.label, { exact: true }).fill(credentials.password);
      await connect.click();
      const disconnect = owner.button(words.security.disconnectOf.replace("{{name}}", sun.name));
      await disconnect.waitFor();
      await owner.picture("connected");
      await disconnect.click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel(owner.words.auth.password.label, { exact: true }).fill(credentials.password);
      await dialog.getByRole("button", { name: words.security.disconnect }).click();
      await owner.button(words.security.connectOf.replace("{{name}}", sun.name)).waitFor();
    }),
  );

  chromium.test(
    "sign-ins begun in two tabs both lead in, whichever comes back first",
    stage.walk(async () => {
      const person = await stage.visitor();
      sun.be({
        sub: "two-tabs",
        email: "two-tabs@sun.test",
        email_verified: true,
        nickname: person.credentials.nickname,
      });
      await goesThroughProvider(person);
      await person.button(person.words.common.next).click();
      await person.page.getByRole("checkbox", { name: words.consent.age }).click();
      await person.page.getByRole("checkbox", { name: person.words.auth.signUp.consents.all }).click();
      await person.button(words.consent.submit).click();
      await person.button(person.words.match.start, false).waitFor();
      await logsOut(person);

      // Both tabs stand at the provider's own page until both are there; then the later one goes first.
      const tabs = [person.page, await person.context.newPage()];
      const start = (tab: Page) => tab.getByRole("button", { name: person.words.match.start });
      for (const tab of tabs) {
        const ask = (route: Route) =>
          route.fulfill({ contentType: "text/html", body: `<a href="${route.request().url()}">It is me</a>` });
        await tab.route(`${sun.issuer}/auth?**`, ask, { times: 1 });
        await tab.goto(`${person.url}/log-in`);
        await tab.getByRole("button", { name: words.providers.continueWith.replace("{{name}}", sun.name) }).click();
        await tab.getByRole("link", { name: "It is me" }).waitFor();
      }
      for (const tab of [...tabs].reverse()) {
        await tab.getByRole("link", { name: "It is me" }).click();
        await start(tab).waitFor();
      }
      // The second sign-in took the place of the first; the tab of the first follows it.
      for (const tab of tabs) await start(tab).waitFor();
      await tabs[1]?.close();
    }),
  );

  chromium.test(
    "whoever turns away at the provider comes back to the log-in and is told so",
    stage.walk(async () => {
      const person = await stage.visitor();
      sun.be(null);
      await goesThroughProvider(person);
      await person.page.getByText(describeError("provider.refused", "ko")).waitFor();
      expect(new URL(person.page.url()).pathname).toBe("/log-in");
    }),
  );
});
