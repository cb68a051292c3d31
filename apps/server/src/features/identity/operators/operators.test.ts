import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Enrolled, httpPaths, type Security, type SignInStep, type TotpSetUp } from "@maru/protocol";
import { codeOf } from "../../../testing/authenticator-app.ts";
import { goodPassword, openWorld, type World } from "../fixtures/identity.fixture.ts";
import type { Device } from "../fixtures/second-factor.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

let count = 0;
const newOperator = () => ({
  email: `operator${++count}@maru.example`,
  nickname: `운영 ${count}`,
  resetsSecondFactor: false,
});

async function tokenOf(input: ReturnType<typeof newOperator>): Promise<string> {
  const { url } = await world.identity.createOperator(input);
  expect(url).toStartWith("http://maru.test/first-sign-in#");
  return url.split("#")[1] ?? "";
}

const enter = (device: Device, token: string, password = goodPassword) =>
  device.ask<SignInStep>("POST", httpPaths.firstSignIn, { body: { token, password } });

/** Sets up the authenticator app that the sign-in asks for. */
async function enroll(device: Device) {
  const { secret } = (await device.ask<TotpSetUp>("POST", httpPaths.stepTotp)).body;
  const code = codeOf(secret, world.clock.now());
  const answer = await device.ask<Enrolled>("POST", httpPaths.stepTotpConfirm, { body: { code } });
  device.accessToken = answer.body.accessToken;
  await world.clock.advance(30_000);
  return { secret, answer };
}

describe("an operator", () => {
  test("comes in by a link that works once, sets a password and a second factor, and is signed in", async () => {
    const operator = newOperator();
    const token = await tokenOf(operator);
    const device = world.device();
    expect((await enter(device, token, "weak")).code).toBe("password.weak");
    const first = await enter(device, token);
    expect([first.status, first.body]).toEqual([202, { next: "enroll", methods: ["totp"] }]);
    expect(device.refreshToken).toBeUndefined();
    expect((await enter(world.device(), token)).code).toBe("link.expired");
    const { answer } = await enroll(device);
    expect(answer.body.account.email).toBe(operator.email);
    expect(answer.body.recoveryCodes).toHaveLength(10);
    expect((await device.ask<Security>("GET", httpPaths.security)).body.isSecondFactorRequired).toBe(true);
  });

  test("never gets a session without a second factor, and cannot take the last one away", async () => {
    const operator = newOperator();
    await enter(world.device(), await tokenOf(operator));
    const device = world.device();
    const again = await device.signIn({ email: operator.email, password: goodPassword });
    expect([again.status, again.body as unknown]).toEqual([202, { next: "enroll", methods: ["totp"] }]);
    const wrong = await device.ask("POST", httpPaths.stepTotpConfirm, { body: { code: "000000" } });
    expect(wrong.code).toBe("second_factor.failed");
    expect((await device.ask("POST", httpPaths.stepSecondFactor, { body: { totp: "000000" } })).code).toBe(
      "step.expired",
    );
    await enroll(device);
    const removed = await device.ask("POST", httpPaths.totpRemove, { body: { password: goodPassword } });
    expect([removed.status, removed.code]).toEqual([409, "factor.required"]);
    expect((await device.ask<Security>("GET", httpPaths.security)).body.hasTotp).toBe(true);
  });

  test("who lost everything gets a new link, which opens nothing without the second factor unless it is reset", async () => {
    const operator = newOperator();
    const device = world.device();
    await enter(device, await tokenOf(operator));
    const { secret } = await enroll(device);
    const second = await enter(world.device(), await tokenOf(operator));
    expect(second.body).toEqual({ next: "second_factor", methods: ["totp", "recovery_code"] });
    expect((await device.refresh()).code).toBe("auth.revoked");
    const kept = world.device();
    await enter(kept, await tokenOf(operator));
    const totp = codeOf(secret, world.clock.now());
    expect((await kept.enter(httpPaths.stepSecondFactor, { totp })).status).toBe(200);
    const reset = await enter(world.device(), await tokenOf({ ...operator, resetsSecondFactor: true }));
    expect(reset.body).toMatchObject({ next: "enroll" });
  });

  test("a link is good for a day, and a newer one ends it", async () => {
    const operator = newOperator();
    const [old, late] = [await tokenOf(operator), await tokenOf(operator)];
    expect((await enter(world.device(), old)).code).toBe("link.expired");
    await world.clock.advance(86_400_000);
    expect((await enter(world.device(), late)).code).toBe("link.expired");
  });

  test("made of an account that somebody else began keeps nothing that opened it", async () => {
    const { person, device } = await world.signUpPerson();
    const token = await tokenOf({ email: person.email, nickname: "다른 이름", resetsSecondFactor: false });
    expect((await device.refresh()).code).toBe("auth.revoked");
    const owner = world.device();
    expect((await enter(owner, token, "operators-own-1")).body).toMatchObject({ next: "enroll" });
    expect((await world.device().signIn(person)).code).toBe("sign_in.failed");
  });

  test("cannot be made with what is no e-mail or a taken nickname", async () => {
    const { person } = await world.signUpPerson();
    const refusals = [
      world.identity.createOperator({ ...newOperator(), email: "no" }),
      world.identity.createOperator({ ...newOperator(), nickname: person.nickname }),
    ].map((refused) => refused.then(String, (error: Error) => error.name));
    expect(await Promise.all(refusals)).toEqual(["StartError", "StartError"]);
  });
});
