import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import { codeOf } from "../../../testing/authenticator-app.ts";
import { goodPassword } from "../fixtures/identity.fixture.ts";
import { newcomer, openProviderWorld } from "../fixtures/provider-visits.fixture.ts";
import { addTotp, type Device } from "../fixtures/second-factor.fixture.ts";

const otherPassword = "lattice-window-7";
let at: Awaited<ReturnType<typeof openProviderWorld>>;
beforeAll(async () => {
  at = await openProviderWorld();
});
afterAll(() => at.close());

let numbers = 0;
const newAddress = () => `198.51.100.${++numbers % 250}`;
const limited = "rate.limited";

/** Tries until it is refused for its limit; fails when there seems to be none. */
async function tryUntilLimited(attempt: () => Promise<string | undefined>, bound = 60): Promise<number> {
  for (let count = 0; count < bound; count++) if ((await attempt()) === limited) return count;
  throw new Error(`tried ${bound} times without being limited`);
}

const textTo = async (email: string) => (await at.world.mailsTo(email)).at(-1)?.text ?? "";
const linkTo = async (email: string) => /reset-password#([\w-]+)/.exec(await textTo(email))?.[1];
const askReset = async (email: string) =>
  (await at.world.device().ask("POST", httpPaths.passwordReset, { body: { email } })).code;
const finishReset = async (email: string, browser: Device, password = otherPassword) =>
  browser.ask("POST", httpPaths.passwordResetFinish, {
    body: { token: await linkTo(email), password },
    headers: { "x-from": newAddress() },
  });

type Route = (email: string, browser: Device) => Promise<unknown>;

describe("codes for a mailbox stay counted", () => {
  const routes: Record<string, Route> = {
    "when each step is given up": (_email, browser) => browser.ask("DELETE", httpPaths.step),
    "when the last one is entered": async (email, browser) =>
      browser.enter(httpPaths.stepCode, { code: /\b\d{6}\b/.exec(await textTo(email))?.[0] }),
    "when the account that it made has left": async (email, browser) => {
      await browser.enter(httpPaths.stepCode, { code: /\b\d{6}\b/.exec(await textTo(email))?.[0] });
      const left = await browser.ask("POST", httpPaths.leave, { body: { password: goodPassword, messages: "keep" } });
      expect(left.status).toBe(200);
    },
    "when each is sent again": async (_email, browser) => {
      await at.world.clock.advance(60_000);
      expect((await browser.ask("POST", httpPaths.stepResend)).code).toBe(limited);
    },
    "when the steps have run out": () => at.world.clock.advance(600_000),
  };
  test.each(Object.entries(routes))("%s", async (_name, route) => {
    const { email } = at.world.newPerson();
    const browser = at.world.device();
    const ask = async () => (await browser.signUp({ ...at.world.newPerson(), email })).code;
    expect(await tryUntilLimited(ask)).toBe(5);
    await route(email, browser);
    const again = at.world.device();
    expect((await again.signUp({ ...at.world.newPerson(), email })).code).toBe(limited);
  });
});

describe("reset links for a mailbox stay counted", () => {
  const routes: Record<string, Route> = {
    "when one is used": (email, browser) => finishReset(email, browser),
    "when the password is changed": (_email, browser) =>
      browser.ask("POST", httpPaths.password, { body: { password: goodPassword, newPassword: otherPassword } }),
    "when every device is signed out": (_email, browser) => browser.ask("POST", httpPaths.signOutEverywhere),
    "when the account leaves": (_email, browser) =>
      browser.ask("POST", httpPaths.leave, { body: { password: goodPassword, messages: "keep" } }),
  };
  test.each(Object.entries(routes))("%s", async (_name, route) => {
    const { person, device } = await at.world.signUpPerson();
    expect(await tryUntilLimited(() => askReset(person.email))).toBe(5);
    await route(person.email, device);
    expect(await askReset(person.email)).toBe(limited);
  });
});

describe("guesses stay counted", () => {
  const prove = async (browser: Device) =>
    (await browser.ask("POST", httpPaths.totp, { body: { password: "not-the-password-9" } })).code;

  test("at the password of who is signed in, with each session that is opened through a provider", async () => {
    const { person, device } = await at.world.signUpPerson();
    const body = { password: goodPassword, returnTo: "/settings" };
    at.sun.be(newcomer({ sub: person.email }));
    const begun = await device.ask<{ url: string }>("POST", httpPaths.providerConnect.replace("{providerId}", "sun"), {
      body,
    });
    const back = new URL(await at.sun.follow(begun.body.url));
    await device.ask("GET", `${back.pathname}${back.search}`, { headers: { origin: "" } });
    let count = 0;
    for (let session = 0; session < 12; session++) {
      const { device: thief } = await at.signInAs(at.sun, { sub: person.email });
      expect(thief.accessToken).toBeDefined();
      for (let index = 0; index < 5; index++) if ((await prove(thief)) === "password.wrong") count++;
    }
    expect(count).toBeGreaterThanOrEqual(40);
    expect(count).toBeLessThanOrEqual(42);
  });

  test("at the second factor, with each reset by who reads the mail", async () => {
    const { person, device } = await at.world.signUpPerson();
    const { secret } = await addTotp(at.world, device);
    let count = 0;
    for (let round = 0; round < 3; round++) {
      const thief = at.world.device();
      expect(await askReset(person.email)).toBeUndefined();
      const password = `${otherPassword}-${round}`;
      expect((await finishReset(person.email, thief, password)).status).toBe(204);
      for (let step = 0; step < 2; step++) {
        await thief.signIn({ email: person.email, password }, { headers: { "x-from": newAddress() } });
        for (let index = 0; index < 5; index++) {
          const answer = await thief.ask("POST", httpPaths.stepSecondFactor, { body: { totp: "000000" } });
          if (answer.code === "second_factor.failed") count++;
        }
      }
    }
    expect(count).toBeLessThanOrEqual(11);
    // Its owner passes it in the browser that has passed it before.
    await device.signIn({ email: person.email, password: `${otherPassword}-2` });
    const totp = codeOf(secret, at.world.clock.now());
    expect((await device.ask("POST", httpPaths.stepSecondFactor, { body: { totp } })).status).toBe(200);
  });

  test("at the first code of an app, also when its set-up is begun anew or on another device", async () => {
    const { person, device } = await at.world.signUpPerson();
    const other = at.world.device();
    await other.signIn(person);
    const begin = (of: Device) =>
      of.ask<{ secret: string }>("POST", httpPaths.totp, { body: { password: goodPassword } });
    const guess = async (of: Device) =>
      (await of.ask("POST", httpPaths.totpConfirm, { body: { code: "000000" } })).code;
    await begin(device);
    expect(await tryUntilLimited(() => guess(device))).toBe(11);
    expect(await guess(other)).toBe(limited);
    const { secret } = (await begin(other)).body;
    expect(await guess(other)).toBe(limited);
    await at.world.clock.advance(10_000);
    const code = codeOf(secret, at.world.clock.now());
    expect((await other.ask("POST", httpPaths.totpConfirm, { body: { code } })).status).toBe(200);
  });
});
