import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpEndpoints, httpPaths, type SharedRateLimitName, sharedRateLimits } from "@maru/protocol";
import { codeOf } from "../../../testing/authenticator-app.ts";
import { listLimitDifferences } from "../../../testing/limit-differences.ts";
import { goodPassword } from "../fixtures/identity.fixture.ts";
import { newcomer, openProviderWorld } from "../fixtures/provider-visits.fixture.ts";
import { addTotp } from "../fixtures/second-factor.fixture.ts";
import { openLimitWatch } from "../fixtures/taken-limits.fixture.ts";

const watch = openLimitWatch();
let at: Awaited<ReturnType<typeof openProviderWorld>>;
beforeAll(async () => {
  at = await openProviderWorld({ secretBox: watch.secretBox });
  watch.watch(at.world.app);
});
beforeAll(() => askForCodes());
beforeAll(() => setPasswordByLink());
beforeAll(() => signInAsStrangerAndFriend());
beforeAll(() => changeOneself());
beforeAll(() => comeInAsOperator());
afterAll(() => at.close());

const p = httpPaths;
let addresses = 0;
const fromNew = () => ({ headers: { "x-from": `198.51.100.${++addresses}` } });

/** Leaves nothing of a limit for its owner, as if strangers had used it up. */
async function useUp(name: SharedRateLimitName, owner: string): Promise<void> {
  const { db, clock } = at.world;
  const { count, windowMs } = sharedRateLimits[name];
  const [key, now] = [watch.secretBox.fingerprint(`rate ${name}`, owner), clock.now()];
  await db.sql`
    insert into platform_rate_counts (key, hits, ends_at)
    values (${key}, array_fill(${now}::bigint, array[${count}::int]), ${new Date(now + windowMs)})`;
}

/** Has codes sent to a mailbox that has had all of them: by a first sign-up, a resend and a consent. */
async function askForCodes(): Promise<void> {
  const { world } = at;
  const { email } = world.newPerson();
  await useUp("sign_up_code_all", email);
  const late = world.device();
  expect((await late.signUp({ ...world.newPerson(), email }, fromNew())).status).toBe(202);
  await world.clock.advance(60_000);
  expect((await late.ask("POST", p.stepResend, fromNew())).status).toBe(200);
  await world.clock.advance(60_000);
  const { device } = await at.signInAs(at.moon, newcomer({ email, email_verified: false }));
  expect((await at.consent(device)).status).toBe(202);
}

async function setPasswordByLink(): Promise<void> {
  const { world } = at;
  const { person } = await world.signUpPerson();
  await useUp("reset_link_all", person.email);
  const asked = { body: { email: person.email } };
  expect((await world.device().ask("POST", p.passwordReset, asked)).status).toBe(204);
  const token = /reset-password#([\w-]+)/.exec((await world.mailsTo(person.email)).at(-1)?.text ?? "")?.[1];
  const body = { token, password: "lattice-window-7" };
  expect((await world.device().ask("POST", p.passwordResetFinish, { body })).status).toBe(204);
}

async function signInAsStrangerAndFriend(): Promise<void> {
  const { world } = at;
  const { person, device } = await world.signUpPerson();
  const { secret } = await addTotp(world, device);
  for (const browser of [device, world.device()]) {
    expect((await browser.signIn(person)).status).toBe(202);
    const totp = codeOf(secret, world.clock.now());
    expect((await browser.ask("POST", p.stepSecondFactor, { body: { totp } })).status).toBe(200);
    await world.clock.advance(30_000);
  }
}

async function changeOneself(): Promise<void> {
  const { world } = at;
  const { device } = await world.signUpPerson();
  const password = goodPassword;
  await device.ask("PATCH", p.me, { body: { nickname: "새로운 사람" } });
  await at.connect(at.sun, newcomer(), device);
  await device.ask("POST", p.providerRemove.replace("{providerId}", "sun"), { body: { password } });
  await device.ask("POST", p.passkeyOptions, { body: { password } });
  await device.ask("POST", p.passkeyRemove.replace("{passkeyId}", "none"), { body: { password } });
  await addTotp(world, device);
  await device.ask("POST", p.recoveryCodes, { body: { password } });
  await device.ask("POST", p.totpRemove, { body: { password } });
  await device.ask("POST", p.password, { body: { password, newPassword: "lattice-window-7" } });
  await device.ask("POST", p.leave, { body: { password: "lattice-window-7", messages: "keep" } });
}

async function comeInAsOperator(): Promise<void> {
  const { world } = at;
  const operator = { email: "operator@maru.example", nickname: "운영", resetsSecondFactor: false };
  const { url } = await world.identity.createOperator(operator);
  const body = { token: url.split("#")[1], password: goodPassword };
  expect((await world.device().ask("POST", p.firstSignIn, { body })).status).toBe(202);
}

describe("exact limits", () => {
  test("are taken as the table names them, at every endpoint that names one", () => {
    expect(listLimitDifferences(httpEndpoints, watch.taken)).toEqual([]);
    // Those that name none are seen to take none.
    for (const name of [`POST ${p.stepCode}`, `POST ${p.providerStart}`, `GET ${p.providerCallback}`]) {
      expect([name, watch.taken.get(name)?.size]).toEqual([name, 0]);
    }
  });

  test("that the table leaves out, makes up or nobody has asked for are found", () => {
    const differencesOf = (name: string, limits: (typeof httpEndpoints)[string]["limits"], taken = watch.taken) =>
      listLimitDifferences({ [name]: { limits } }, taken);
    const resend = `POST ${p.stepResend}`;
    expect(differencesOf(resend, ["step", "sign_up_code_all"]).sort()).toEqual([
      `${resend} takes sign_up_code unnamed`,
      `${resend} takes sign_up_code_late unnamed`,
    ]);
    expect(differencesOf(`POST ${p.stepCode}`, ["step", "second_factor"])).toEqual([
      `POST ${p.stepCode} names second_factor and never takes it`,
    ]);
    expect(differencesOf("POST /planted", ["step", "rename"])).toEqual(["POST /planted was never asked"]);
  });
});
