import { afterAll, expect, setDefaultTimeout } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeError } from "@maru/protocol";
import { requires } from "@maru/testkit";
import { showCode } from "./stage/authenticator-app.ts";
import { expectAccessible } from "./stage/axe.ts";
import { findFreePort } from "./stage/free-port.ts";
import type { Person } from "./stage/person.ts";
import { Stage } from "./stage/stage.ts";
import { ko as words } from "./stage/words.ts";

setDefaultTimeout(60_000);
const chromium = requires("chromium");

const security = "/settings/security";

async function opens(person: Person, path: string): Promise<void> {
  await person.page.goto(`${person.url}${path}`);
}

/** Shows the password in the dialog that asks for it, and goes on. */
async function proves(person: Person, yes: string): Promise<void> {
  const dialog = person.page.getByRole("dialog");
  await dialog.getByLabel(person.words.auth.password.label, { exact: true }).fill(person.credentials.password);
  await dialog.getByRole("button", { name: yes, exact: true }).click();
}

async function logsOut(person: Person): Promise<void> {
  await opens(person, "/settings");
  await person.button(person.words.settings.logOut).click();
  await person.page.getByRole("link", { name: person.words.landing.start }).first().waitFor();
}

/** The key of an authenticator app, as the page shows it to be written. */
async function readKey(person: Person): Promise<string> {
  await person.page.getByRole("img", { name: words.totp.qr }).waitFor();
  return ((await person.page.locator("code").textContent()) ?? "").trim();
}

async function readRecoveryCodes(person: Person): Promise<string[]> {
  return person.page.getByRole("list", { name: words.recovery.list }).getByRole("listitem").allInnerTexts();
}

/** A passkey's device inside the browser, which says yes by itself. */
async function addAuthenticator(person: Person): Promise<void> {
  const devtools = await person.context.newCDPSession(person.page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

chromium.describe("what people change about their accounts", () => {
  const stage = Stage.use({ args: ["--port", String(findFreePort())] });

  chromium.test(
    "an authenticator app is connected, asked for at the next log-in, and replaced by a recovery code when lost",
    stage.walk(async () => {
      const person = await stage.person({ device: "phone" });
      const { page } = person;
      await opens(person, security);
      await person.button(words.security.turnOn).click();
      await proves(person, words.proof.confirm);
      const key = await readKey(person);
      await person.picture("totp-set-up");
      await expectAccessible(page, "setting up an authenticator app");
      await person.field(words.totp.code).fill(showCode(key, Date.now()));
      await person.button(words.totp.confirm).click();
      await page.getByRole("list", { name: words.recovery.list }).waitFor();
      const codes = await readRecoveryCodes(person);
      expect(codes.length).toBeGreaterThanOrEqual(8);
      await person.picture("recovery-codes");
      // Neither a press beside the dialog nor Escape loses them.
      await page.mouse.click(5, 5);
      await page.keyboard.press("Escape");
      await person.button(words.recovery.done).click();
      await page.getByText(words.security.on, { exact: true }).waitFor();

      await logsOut(person);
      await person.logsIn();
      await person.field(words.secondFactor.totpLabel).fill("000000");
      await person.button(person.words.common.next).click();
      await page.getByText(describeError("second_factor.failed", "ko")).waitFor();
      await person.picture("second-factor");
      await expectAccessible(page, "the second factor");
      // A code is good once: the one of the set-up is spent, the next period's is taken already.
      await person.field(words.secondFactor.totpLabel).fill(showCode(key, Date.now(), 1));
      await page.keyboard.press("Enter");
      await person.button(person.words.match.start, false).waitFor();

      await logsOut(person);
      await person.logsIn();
      await person.button(words.secondFactor.useRecovery).click();
      await person.field(words.secondFactor.recoveryLabel).fill(codes[0] ?? "");
      await person.button(person.words.common.next).click();
      await person.button(person.words.match.start, false).waitFor();
      await opens(person, security);
      await page.getByText(words.security.codesLeft_other.replace("{{count}}", String(codes.length - 1))).waitFor();
    }),
  );

  chromium.test(
    "a passkey is added by name, opens the account at the next log-in, and is removed",
    stage.walk(async () => {
      const person = await stage.person();
      const { page } = person;
      await addAuthenticator(person);
      await opens(person, security);
      await person.button(words.security.addPasskey).click();
      await page.getByRole("dialog").getByLabel(words.security.name, { exact: true }).fill("내 노트북");
      await proves(person, words.security.addPasskey);
      await person.button(words.recovery.done).click();
      await page.getByText("내 노트북").first().waitFor();
      await person.picture("passkey-added");
      await logsOut(person);
      await person.logsIn();
      await person.picture("second-factor-passkey");
      await person.button(words.secondFactor.usePasskey).click();
      await person.button(person.words.match.start, false).waitFor();
      await opens(person, security);
      await person.button(words.security.removeOf.replace("{{name}}", "내 노트북")).click();
      await proves(person, words.security.remove);
      await page.getByText(words.security.passkeysNone).waitFor();
    }),
  );

  chromium.test(
    "the password is changed by who knows it, and other devices are logged out; one device can be ended from afar",
    stage.walk(async () => {
      const person = await stage.person();
      const { page, credentials } = person;
      const other = await stage.visitor({ device: "phone" });
      await opens(other, "/log-in");
      await other.fillsInLogIn(credentials);
      await other.button(other.words.auth.logIn.submit).click();
      await other.button(other.words.match.start, false).waitFor();

      await opens(person, "/settings/devices");
      await page.getByText(words.devices.current).waitFor();
      await expectAccessible(page, "devices");
      await person.picture("devices");
      await page
        .getByRole("button", { name: /로그아웃$/ })
        .and(page.getByLabel(/Chrome/))
        .first()
        .click();
      await person.answers(words.devices.end);
      await other.page.getByText(other.words.auth.ended).waitFor();
      await page.getByText(words.devices.endOthers).waitFor({ state: "detached" });

      await other.fillsInLogIn(credentials);
      await other.button(other.words.auth.logIn.submit).click();
      await other.page.waitForURL((url) => url.pathname === "/");
      await opens(person, security);
      await person.button(words.security.change).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel(words.security.current, { exact: true }).fill("not my password at all");
      await dialog.getByLabel(words.security.new, { exact: true }).fill("another fine sentence");
      await dialog.getByRole("button", { name: words.security.change, exact: true }).click();
      await page.getByText(describeError("password.wrong", "ko")).waitFor();
      await dialog.getByLabel(words.security.current, { exact: true }).fill(credentials.password);
      await dialog.getByRole("button", { name: words.security.change, exact: true }).click();
      await page.getByText(words.security.changed).waitFor();
      await other.page.getByText(other.words.auth.ended).waitFor();
      await other.fillsInLogIn({ ...credentials, password: "another fine sentence" });
      await other.button(other.words.auth.logIn.submit).click();
      await other.button(other.words.match.start, false).waitFor();
    }),
  );

  chromium.test(
    "a person takes their data along, withdraws a consent, and leaves; nothing opens the account again",
    stage.walk(async () => {
      const person = await stage.person({ device: "phone" });
      const { page, credentials } = person;
      await opens(person, "/settings/data");
      await person.button(words.data.marketingGive).click();
      await person.button(words.data.marketingWithdraw).click();
      await person.button(words.data.marketingGive).waitFor();
      await expectAccessible(page, "data and consents");
      await person.picture("data");
      await page.getByRole("link", { name: words.data.leave }).click();
      await page.getByRole("heading", { name: words.leave.title }).waitFor();
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        person.button(words.leave.download).click(),
      ]);
      const held = await Bun.file(await download.path()).json();
      expect(held.parts.account.email).toBe(credentials.email);
      expect(held.parts.consents.map(({ kind }: { kind: string }) => kind)).toContain("marketing");
      await page.getByRole("radio", { name: words.leave.remove }).click();
      await expectAccessible(page, "leaving");
      await person.picture("leave");
      await person.button(words.leave.next).click();
      await proves(person, words.leave.next);
      await page.getByText(words.leave.doneTitle).waitFor();
      await person.picture("goodbye");
      await person.logsIn();
      await page.getByText(describeError("sign_in.failed", "ko")).waitFor();
    }),
  );
});

chromium.describe("an installation of its operator's choosing", () => {
  const data = join(tmpdir(), `maru-e2e-operator-${process.pid}`);
  const stage = Stage.use({ env: { MARU_SIGN_UP: "invite" }, args: ["--data", data] });
  afterAll(() => rm(data, { recursive: true, force: true }));
  const run = async (...args: string[]) => {
    const main = join(import.meta.dir, "../apps/server/src/main.ts");
    const child = Bun.spawn([process.execPath, main, ...args, "--data", data, "--port", String(stage.server.port)], {
      stdout: "pipe",
      stderr: "pipe",
      env: { ...process.env, MARU_SIGN_UP: "invite" },
    });
    return new Response(child.stdout).text();
  };

  chromium.test(
    "an operator's first link asks for a password and a second factor, and shows the recovery codes before going on",
    stage.walk(async () => {
      const output = await run("create-admin", "operator@maru.test");
      const link = /http\S+\/first-sign-in#\S+/.exec(output)?.[0] ?? "";
      const operator = await stage.visitor();
      const { page } = operator;
      await page.goto(link);
      await operator.field(operator.words.auth.password.label).fill("the operator's own sentence");
      await operator.button(words.reset.submit).click();
      await page.getByText(words.enroll.totpText).waitFor();
      await operator.picture("enroll");
      await expectAccessible(page, "choosing a second factor");
      await page.getByRole("button", { name: words.enroll.totp }).click();
      const key = await readKey(operator);
      await operator.picture("enroll-totp");
      await operator.field(words.totp.code).fill(showCode(key, Date.now()));
      await operator.button(words.totp.confirm).click();
      await page.getByRole("list", { name: words.recovery.list }).waitFor();
      await operator.picture("enroll-codes");
      await operator.button(words.recovery.done).click();
      await operator.button(operator.words.match.start, false).waitFor();
    }),
  );

  chromium.test(
    "whoever comes without an invitation is asked for its code; the link of one brings it along",
    stage.walk(async () => {
      const link = /http\S+\/sign-up\?invite=\S+/.exec(await run("invite"))?.[0] ?? "";
      const person = await stage.visitor({ device: "phone" });
      const { page } = person;
      await opens(person, "/sign-up");
      await person.button(person.words.auth.signUp.age.yes).click();
      await person.field(words.signUp.invite.label).waitFor();
      await person.picture("invite");
      await page.goto(link);
      await person.button(person.words.auth.signUp.age.yes).click();
      await person.field(person.words.auth.email.label).fill(person.credentials.email);
      await person.field(person.words.auth.password.label).fill(person.credentials.password);
      await person.button(person.words.common.next).click();
      await person.field(person.words.auth.nickname.label).fill(person.credentials.nickname);
      await page.getByText(person.words.auth.nickname.free).waitFor();
      await person.button(person.words.common.next).click();
      await page.getByRole("checkbox", { name: person.words.auth.signUp.consents.all }).click();
      await person.button(person.words.auth.signUp.submit).click();
      await person.button(person.words.match.start, false).waitFor();
    }),
  );
});
