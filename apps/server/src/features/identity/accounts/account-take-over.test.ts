import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Enrolled, httpPaths, type PasskeyOptions, type SignInStep, type TotpSetUp } from "@maru/protocol";
import { openAuthenticator } from "../../../testing/authenticator.ts";
import { codeOf } from "../../../testing/authenticator-app.ts";
import { holdTransactions } from "../../../testing/hold-transactions.ts";
import { goodPassword, openWorld, type World } from "../fixtures/identity.fixture.ts";
import { addTotp, type Device } from "../fixtures/second-factor.fixture.ts";

const origin = "https://talk.example";
const ownPassword = "lattice-window-7";
let world: World;
let held: ReturnType<typeof holdTransactions>;
/** A second node, whose transactions can be held. */
let far: Awaited<ReturnType<World["openNode"]>>;
beforeAll(async () => {
  world = await openWorld({ origin });
  held = holdTransactions(world.db);
  far = await world.openNode({ db: held.db });
});
afterAll(() => world.close());

async function tokenFor(email: string, resetsSecondFactor = false): Promise<string> {
  const { url } = await world.identity.createOperator({ email, nickname: "열쇠지기", resetsSecondFactor });
  return url.split("#")[1] ?? "";
}

const stepOf = (answer: { body: unknown }) => (answer.body as SignInStep).next;
const enter = (device: Device, token: string, password = ownPassword) =>
  device.ask<SignInStep>("POST", httpPaths.firstSignIn, { body: { token, password } });

async function enrollApp(device: Device) {
  const { secret } = (await device.ask<TotpSetUp>("POST", httpPaths.stepTotp)).body;
  const code = codeOf(secret, world.clock.now());
  return device.ask<Enrolled>("POST", httpPaths.stepTotpConfirm, { body: { code } });
}

describe("an operator's account cannot be taken", () => {
  test("by who had signed up with its address: their password is over, the owner's link is not", async () => {
    const { person, device } = await world.signUpPerson();
    const underWay = world.device(far);
    const barrier = held.holdNext();
    const signingIn = underWay.signIn(person);
    await barrier.reached;
    const token = await tokenFor(person.email);
    barrier.release();
    expect((await signingIn).code).toBe("sign_in.failed");
    const stranger = world.device();
    expect((await stranger.signIn(person)).code).toBe("sign_in.failed");
    expect((await stranger.ask("POST", httpPaths.stepTotp)).code).toBe("step.expired");
    expect((await device.refresh()).code).toBe("auth.revoked");
    const owner = world.device();
    expect(stepOf(await enter(owner, token))).toBe("enroll");
    expect((await enrollApp(owner)).status).toBe(200);
  });

  test("by a browser that was signed in to it before: it guesses as any stranger from then on", async () => {
    const { person, device } = await world.signUpPerson();
    await tokenFor(person.email);
    const guess = (browser: Device, from: number) =>
      browser.signIn(
        { email: person.email, password: "not-the-password-9" },
        { headers: { "x-from": `198.51.100.${from}` } },
      );
    const answers: (string | undefined)[] = [];
    for (let i = 0; i < 20 && answers.at(-1) !== "rate.limited"; i++)
      answers.push((await guess(world.device(), i)).code);
    expect(answers.at(-1)).toBe("rate.limited");
    expect((await guess(device, 100)).code).toBe("rate.limited");
  });

  test("by who knows its password when the second factor is reset", async () => {
    const { person } = await world.signUpPerson();
    const owner = world.device();
    await enter(owner, await tokenFor(person.email));
    await enrollApp(owner);
    const token = await tokenFor(person.email, true);
    const stranger = world.device();
    expect((await stranger.signIn({ email: person.email, password: ownPassword })).code).toBe("sign_in.failed");
    expect((await stranger.ask("POST", httpPaths.stepTotp)).code).toBe("step.expired");
    expect(stranger.refreshToken).toBeUndefined();
    const again = world.device();
    expect(stepOf(await enter(again, token, "lattice-window-8"))).toBe("enroll");
    expect((await enrollApp(again)).status).toBe(200);
  });

  test.each(["reset", "promoted again"])("by a set-up that was begun before it was %s", async (how) => {
    const { person } = await world.signUpPerson();
    await enter(world.device(), await tokenFor(person.email));
    const stranger = world.device();
    expect(stepOf(await stranger.signIn({ email: person.email, password: ownPassword }))).toBe("enroll");
    const options = (await stranger.ask<PasskeyOptions>("POST", httpPaths.stepNewPasskeyOptions)).body;
    const passkey = openAuthenticator(origin).create(options);
    const owner = world.device();
    await enter(owner, await tokenFor(person.email, how === "reset"), "lattice-window-8");
    expect((await enrollApp(owner)).status).toBe(200);
    const answer = await stranger.ask("POST", httpPaths.stepNewPasskey, { body: { name: "x", passkey } });
    expect([answer.status, answer.code]).toEqual([410, "step.expired"]);
    expect(stranger.refreshToken).toBeUndefined();
    const known = await world.db.sql`
      select 1 from identity_passkeys p join identity_accounts a on a.id = p.account_id where a.email = ${person.email}`;
    expect(known).toHaveLength(0);
  });

  test("by one of two set-ups at once: the first factor ends the other", async () => {
    const { person } = await world.signUpPerson();
    const [one, two] = [world.device(), world.device(far)];
    await enter(one, await tokenFor(person.email));
    await two.signIn({ email: person.email, password: ownPassword });
    const options = (await two.ask<PasskeyOptions>("POST", httpPaths.stepNewPasskeyOptions)).body;
    const passkey = openAuthenticator(origin).create(options);
    const barrier = held.holdNext();
    const finishing = two.ask("POST", httpPaths.stepNewPasskey, { body: { name: "x", passkey } });
    await barrier.reached;
    expect((await enrollApp(one)).status).toBe(200);
    barrier.release();
    expect((await finishing).code).toBe("step.expired");
    expect(two.refreshToken).toBeUndefined();
  });
});

describe("a sign-in under way does not survive", () => {
  test("a change of the password that it was begun with", async () => {
    const { person, device } = await world.signUpPerson();
    const stranger = world.device(far);
    const barrier = held.holdNext();
    const signingIn = stranger.signIn(person);
    await barrier.reached;
    const body = { password: goodPassword, newPassword: ownPassword };
    expect((await device.ask("POST", httpPaths.password, { body })).status).toBe(204);
    barrier.release();
    expect((await signingIn).code).toBe("sign_in.failed");
    expect(stranger.refreshToken).toBeUndefined();
  });

  test("a change of the password between its two factors", async () => {
    const { person, device } = await world.signUpPerson();
    const { secret } = await addTotp(world, device);
    const stranger = world.device();
    expect(stepOf(await stranger.signIn(person))).toBe("second_factor");
    const body = { password: goodPassword, newPassword: ownPassword };
    expect((await device.ask("POST", httpPaths.password, { body })).status).toBe(204);
    expect(stepOf(await stranger.ask("GET", httpPaths.step))).toBe("none");
    const totp = codeOf(secret, world.clock.now());
    const answer = await stranger.ask("POST", httpPaths.stepSecondFactor, { body: { totp } });
    expect([answer.status, answer.code]).toEqual([410, "step.expired"]);
    expect(stranger.refreshToken).toBeUndefined();
  });

  test("signing out everywhere", async () => {
    const { person, device } = await world.signUpPerson();
    const stranger = world.device(far);
    const barrier = held.holdNext();
    const signingIn = stranger.signIn(person);
    await barrier.reached;
    expect((await device.ask("POST", httpPaths.signOutEverywhere)).status).toBe(204);
    barrier.release();
    expect((await signingIn).code).toBe("sign_in.failed");
    expect(stranger.refreshToken).toBeUndefined();
    expect((await world.device().signIn(person)).status).toBe(200);
  });
});
