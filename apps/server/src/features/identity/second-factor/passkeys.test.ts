import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths, type PasskeyOptions, type Security, type SignInStep } from "@maru/protocol";
import { openAuthenticator } from "../../../testing/authenticator.ts";
import { goodPassword, openWorld, type World } from "../fixtures/identity.fixture.ts";
import { addPasskey, type Device } from "../fixtures/second-factor.fixture.ts";

const origin = "https://talk.example";
let world: World;
beforeAll(async () => {
  world = await openWorld({ origin });
});
afterAll(() => world.close());

async function personWithPasskey() {
  const someone = await world.signUpPerson();
  const authenticator = openAuthenticator(origin);
  const added = await addPasskey(someone.device, authenticator);
  return { ...someone, authenticator, added };
}

/** Signs in up to the second factor, and asks what the passkey is to sign. */
async function beginCheck(person: object) {
  const device = world.device();
  const answer = await device.signIn(person);
  const options = (await device.ask<PasskeyOptions>("POST", httpPaths.stepPasskeyOptions)).body;
  return { device, step: answer.body as unknown as SignInStep, options };
}

const askAgain = async (device: Device) =>
  (await device.ask<PasskeyOptions>("POST", httpPaths.stepPasskeyOptions)).body;
const check = (device: Device, passkey: object) => device.enter(httpPaths.stepSecondFactor, { passkey });

describe("a passkey", () => {
  test("is added with the password, and tells recovery codes with the first", async () => {
    const { device, added, authenticator } = await personWithPasskey();
    expect(added.body).toMatchObject({ passkey: { id: authenticator.id, name: "전화기" } });
    expect(added.body.recoveryCodes).toHaveLength(10);
    expect((await addPasskey(device, openAuthenticator(origin))).body.recoveryCodes).toEqual([]);
    const security = (await device.ask<Security>("GET", httpPaths.security)).body;
    expect(security).toMatchObject({ canUsePasskeys: true, hasTotp: false, recoveryCodeCount: 10 });
    expect(security.passkeys).toHaveLength(2);
    const without = await device.ask("POST", httpPaths.passkeyOptions, { body: {} });
    expect(without.code).toBe("password.wrong");
  });

  test("is the second factor of a sign-in", async () => {
    const { person, authenticator } = await personWithPasskey();
    const { device, step, options } = await beginCheck(person);
    expect(step).toEqual({ next: "second_factor", methods: ["passkey", "recovery_code"] });
    expect(options).toMatchObject({ rpId: "talk.example", allowCredentials: [{ id: authenticator.id }] });
    expect((await check(device, authenticator.get(options))).status).toBe(200);
    expect((await device.refresh()).status).toBe(200);
  });

  test("signs nothing twice: not in this step, not in another", async () => {
    const { person, authenticator } = await personWithPasskey();
    const first = await beginCheck(person);
    const answer = authenticator.get(first.options);
    expect((await check(first.device, answer)).status).toBe(200);
    const second = await beginCheck(person);
    expect((await check(second.device, answer)).code).toBe("second_factor.failed");
    const fresh = await askAgain(second.device);
    expect((await check(second.device, authenticator.get(second.options))).code).toBe("second_factor.failed");
    expect((await check(second.device, authenticator.get(fresh))).code).toBe("second_factor.failed");
    expect((await check(second.device, authenticator.get(await askAgain(second.device)))).status).toBe(200);
  });

  test("of a page that only looks like ours, of another account, or with a changed signature opens nothing", async () => {
    const { person, authenticator } = await personWithPasskey();
    const other = await personWithPasskey();
    const { device, options } = await beginCheck(person);
    const tries: object[] = [
      { ...authenticator.get({ ...options, challenge: "x" }) },
      other.authenticator.get(options),
      { ...other.authenticator.get(options), id: authenticator.id, rawId: authenticator.id },
      { id: authenticator.id },
    ];
    for (const attempt of tries) expect((await check(device, attempt)).code).toBe("second_factor.failed");
    const fake = openAuthenticator("https://talk.example.evil.example");
    const begun = await other.device.ask<PasskeyOptions>("POST", httpPaths.passkeyOptions, {
      body: { password: goodPassword },
    });
    const stored = await other.device.ask("POST", httpPaths.passkeys, { body: { passkey: fake.create(begun.body) } });
    expect(stored.code).toBe("passkey.failed");
  });

  test("that was made is not taken twice, nor without a challenge, nor by a second account", async () => {
    const { device } = await world.signUpPerson();
    const authenticator = openAuthenticator(origin);
    const options = (
      await device.ask<PasskeyOptions>("POST", httpPaths.passkeyOptions, { body: { password: goodPassword } })
    ).body;
    const passkey = authenticator.create(options);
    const answers = [];
    for (let index = 0; index < 2; index++)
      answers.push(await device.ask("POST", httpPaths.passkeys, { body: { passkey } }));
    expect(answers.map((answer) => answer.code)).toEqual([undefined, "passkey.failed"]);
    const { device: other } = await world.signUpPerson();
    expect((await addPasskey(other, authenticator)).code).toBe("passkey.failed");
  });

  test("is made for a challenge that is answered once: a wrong answer uses it up", async () => {
    const { device } = await world.signUpPerson();
    const ask = { body: { password: goodPassword } };
    const options = (await device.ask<PasskeyOptions>("POST", httpPaths.passkeyOptions, ask)).body;
    const wrong = openAuthenticator("https://talk.example.evil.example").create(options);
    const right = openAuthenticator(origin).create(options);
    const answers = [];
    for (const passkey of [wrong, right]) {
      answers.push(await device.ask("POST", httpPaths.passkeys, { body: { passkey } }));
    }
    expect(answers.map((answer) => answer.code)).toEqual(["passkey.failed", "passkey.failed"]);
    expect((await addPasskey(device, openAuthenticator(origin))).status).toBe(200);
  });

  test("is taken away by its owner alone", async () => {
    const { device, person, authenticator } = await personWithPasskey();
    const stranger = await world.signUpPerson();
    const path = httpPaths.passkeyRemove.replace("{passkeyId}", authenticator.id);
    const remove = (of: Device) => of.ask("POST", path, { body: { password: goodPassword } });
    expect((await remove(stranger.device)).status).toBe(204);
    expect((await world.device().signIn(person)).status).toBe(202);
    expect((await remove(device)).status).toBe(204);
    expect((await world.device().signIn(person)).status).toBe(200);
  });

  test("is not passed by where it cannot be used: who has one is not let in without", async () => {
    const { person } = await personWithPasskey();
    await world.db.sql`delete from identity_recovery_codes`;
    const plain = "http://maru.test";
    const node = await world.openNode({ origin: plain, allowsOrigin: () => true });
    const answer = await world.device(node).signIn(person, { headers: { origin: plain } });
    expect([answer.status, answer.body as unknown]).toEqual([202, { next: "second_factor", methods: [] }]);
  });

  test("cannot be had where the address is no secure name", async () => {
    for (const plain of ["http://maru.test", "https://192.0.2.7"]) {
      const node = await world.openNode({ origin: plain, allowsOrigin: () => true });
      const { person } = await world.signUpPerson();
      const device = world.device(node);
      await device.signIn(person, { headers: { origin: plain } });
      const answer = await device.ask("POST", httpPaths.passkeyOptions, { body: { password: goodPassword } });
      expect(answer.code).toBe("passkey.unavailable");
    }
  });
});
