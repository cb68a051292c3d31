import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths, type RecoveryCodes, type Security, type SignInStep } from "@maru/protocol";
import { codeOf } from "../../../testing/authenticator-app.ts";
import { goodPassword, openWorld, type World } from "../fixtures/identity.fixture.ts";
import { addTotp, type Device } from "../fixtures/second-factor.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld({ isMailOn: true });
});
afterAll(() => world.close());

const check = (device: Device, body: object) => device.enter(httpPaths.stepSecondFactor, body);
const stepOf = (answer: { body: unknown }) => answer.body as SignInStep;

async function personWithTotp() {
  const someone = await world.signUpPerson();
  return { ...someone, ...(await addTotp(world, someone.device)) };
}

describe("an authenticator app", () => {
  test("counts only after a first code, and tells ten recovery codes once", async () => {
    const { person, device } = await world.signUpPerson();
    expect((await device.ask("POST", httpPaths.totp, { body: {} })).code).toBe("password.wrong");
    const started = await device.ask<{ secret: string }>("POST", httpPaths.totp, { body: { password: goodPassword } });
    expect((await world.device().signIn(person)).status).toBe(200);
    const wrong = await device.ask("POST", httpPaths.totpConfirm, { body: { code: "000000" } });
    expect(wrong.code).toBe("code.wrong");
    const code = codeOf(started.body.secret, world.clock.now());
    const done = await device.ask<RecoveryCodes>("POST", httpPaths.totpConfirm, { body: { code } });
    expect(new Set(done.body.recoveryCodes).size).toBe(10);
    expect(done.body.recoveryCodes[0]).toMatch(/^(\w{4}-){3}\w{4}$/);
    expect((await device.ask("POST", httpPaths.totp, { body: { password: goodPassword } })).code).toBe("factor.exists");
    expect((await device.ask<Security>("GET", httpPaths.security)).body).toMatchObject({
      hasTotp: true,
      recoveryCodeCount: 10,
      isSecondFactorRequired: false,
    });
    expect((await world.mailsTo(person.email)).at(-1)?.subject).toBe("2단계 인증을 추가했어요");
    const stored = JSON.stringify(await world.db.sql`select t::text as row from identity_totp t`);
    expect(stored).not.toContain(started.body.secret);
  });

  test("stands between the password and the session", async () => {
    const { person, secret } = await personWithTotp();
    const device = world.device();
    const answer = await device.signIn(person);
    expect([answer.status, stepOf(answer)]).toEqual([
      202,
      { next: "second_factor", methods: ["totp", "recovery_code"] },
    ]);
    expect([device.refreshToken, device.accessToken]).toEqual([undefined, undefined]);
    expect(stepOf(await device.ask("GET", httpPaths.step))).toMatchObject({ next: "second_factor" });
    expect((await check(device, { totp: "000000" })).code).toBe("second_factor.failed");
    const code = codeOf(secret, world.clock.now());
    const done = await check(device, { totp: `${code.slice(0, 3)} ${code.slice(3)}` });
    expect(done.status).toBe(200);
    expect((await device.refresh()).status).toBe(200);
  });

  test("a code works once, on whichever device", async () => {
    const { person, secret } = await personWithTotp();
    const code = codeOf(secret, world.clock.now());
    const devices = [world.device(), world.device(), world.device()];
    for (const device of devices) await device.signIn(person);
    const answers = await Promise.all(devices.map((device) => check(device, { totp: code })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
  });

  test("a step ends after five guesses, and guessing over many sign-ins gets slower", async () => {
    const { person, secret } = await personWithTotp();
    let refused = 0;
    for (let round = 0; round < 2; round++) {
      const device = world.device();
      await device.signIn(person, { headers: { "x-from": `198.51.100.${round}` } });
      for (let index = 0; index < 5; index++) {
        if ((await check(device, { totp: "000000" })).code === "second_factor.failed") refused++;
      }
      expect((await check(device, { totp: codeOf(secret, world.clock.now()) })).code).toBe("step.expired");
    }
    expect(refused).toBe(10);
    const device = world.device();
    await device.signIn(person);
    await check(device, { totp: "000000" });
    const slowed = await check(device, { totp: codeOf(secret, world.clock.now()) });
    expect([slowed.status, slowed.code]).toEqual([429, "rate.limited"]);
    await world.clock.advance(5_000);
    expect((await check(device, { totp: codeOf(secret, world.clock.now()) })).status).toBe(200);
  });

  test("nothing but a step of one's own leads on: no step, another kind, another's, one that is over", async () => {
    const { person, secret } = await personWithTotp();
    const other = await personWithTotp();
    const code = () => codeOf(secret, world.clock.now());
    expect((await check(world.device(), { totp: code() })).code).toBe("step.expired");
    const planted = world.device();
    planted.jar.set("maru_step", "x".repeat(43));
    expect((await check(planted, { totp: code() })).code).toBe("step.expired");
    const foreign = world.device();
    await foreign.signIn(other.person);
    expect((await check(foreign, { totp: code() })).code).toBe("second_factor.failed");
    const late = world.device();
    await late.signIn(person);
    await world.clock.advance(600_000);
    expect((await check(late, { totp: code() })).code).toBe("step.expired");
  });

  test("can be taken away with the password, and its recovery codes go with it", async () => {
    const { person, device } = await personWithTotp();
    expect((await device.ask("POST", httpPaths.totpRemove, { body: { password: "wrong-password-1" } })).code).toBe(
      "password.wrong",
    );
    expect((await device.ask("POST", httpPaths.totpRemove, { body: { password: goodPassword } })).status).toBe(204);
    expect((await world.device().signIn(person)).status).toBe(200);
    expect((await device.ask<Security>("GET", httpPaths.security)).body.recoveryCodeCount).toBe(0);
    const subjects = (await world.mailsTo(person.email)).map(({ subject }) => subject);
    expect(subjects).toContain("2단계 인증을 없앴어요");
  });
});

describe("recovery codes", () => {
  test("open the account once each, however they are typed", async () => {
    const { person, recoveryCodes } = await personWithTotp();
    const [code = ""] = recoveryCodes;
    for (const [index, typed] of [code.toLowerCase().replaceAll("-", " "), code].entries()) {
      const device = world.device();
      await device.signIn(person);
      const answer = await check(device, { recoveryCode: typed });
      expect(answer.code).toBe(index === 0 ? undefined : "second_factor.failed");
    }
  });

  test("are another's no more than they are nobody's", async () => {
    const one = await personWithTotp();
    const two = await personWithTotp();
    const device = world.device();
    await device.signIn(one.person);
    expect((await check(device, { recoveryCode: two.recoveryCodes[0] })).code).toBe("second_factor.failed");
    expect((await check(device, {})).code).toBe("second_factor.failed");
  });

  test("can be made anew, which ends the old ones", async () => {
    const { person, device, recoveryCodes } = await personWithTotp();
    const ask = (body: object) => device.ask<RecoveryCodes>("POST", httpPaths.recoveryCodes, { body });
    expect((await ask({})).code).toBe("password.wrong");
    const fresh = (await ask({ password: goodPassword })).body.recoveryCodes;
    const browser = world.device();
    await browser.signIn(person);
    expect((await check(browser, { recoveryCode: recoveryCodes[0] })).code).toBe("second_factor.failed");
    expect((await check(browser, { recoveryCode: fresh[0] })).status).toBe(200);
    const { device: without } = await world.signUpPerson();
    const none = await without.ask("POST", httpPaths.recoveryCodes, { body: { password: goodPassword } });
    expect(none.code).toBe("second_factor.missing");
  });

  test("a reset password does not lead past the second factor", async () => {
    const { person } = await personWithTotp();
    await world.device().ask("POST", httpPaths.passwordReset, { body: { email: person.email } });
    const token = /#([\w-]+)/.exec((await world.mailsTo(person.email)).at(-1)?.text ?? "")?.[1];
    const password = "another-floor-5";
    await world.device().ask("POST", httpPaths.passwordResetFinish, { body: { token, password } });
    expect((await world.device().signIn({ email: person.email, password })).status).toBe(202);
  });
});
