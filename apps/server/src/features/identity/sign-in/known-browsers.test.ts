import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import { codeOf } from "../../../testing/authenticator-app.ts";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";
import { addTotp } from "../fixtures/second-factor.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld({ isMailOn: true });
});
afterAll(() => world.close());

let addresses = 0;
const newAddress = () => `198.51.100.${++addresses}`;

/** Guesses at an account until strangers have to wait, each guess from an address of its own. */
async function guessUntilRefused(email: string): Promise<void> {
  for (let i = 0; i < 30; i++) {
    const answer = await guess(email, newAddress());
    if (answer.code === "rate.limited") return;
    expect(answer.code).toBe("sign_in.failed");
  }
  throw new Error("nobody was refused");
}

const guess = (email: string, from: string, device = world.device()) =>
  device.signIn({ email, password: "not-the-password-9" }, { headers: { "x-from": from } });

const resetToken = async (email: string) =>
  /reset-password#([\w-]+)/.exec((await world.mailsTo(email)).at(-1)?.text ?? "")?.[1];

async function reset(email: string, password: string, from: string, browser = world.device()) {
  await browser.ask("POST", httpPaths.passwordReset, { body: { email } });
  const body = { token: await resetToken(email), password };
  expect(await browser.ask("POST", httpPaths.passwordResetFinish, { body, headers: { "x-from": from } })).toMatchObject(
    {
      status: 204,
    },
  );
  return browser;
}

describe("the owner of an account at which strangers guess", () => {
  test("gets in from a browser that it knows, also from an address that is at its limit", async () => {
    const { person, device } = await world.signUpPerson();
    const crowded = newAddress();
    for (let i = 0; i < 42; i++) await guess(`nobody${i}@maru.example`, crowded);
    expect(await guess(person.email, crowded)).toMatchObject({ code: "rate.limited" });
    await guessUntilRefused(person.email);
    // A stranger with the right password waits like all the others.
    expect(await world.device().signIn(person, { headers: { "x-from": newAddress() } })).toMatchObject({
      code: "rate.limited",
    });
    await device.ask("POST", httpPaths.signOut);
    expect(await device.signIn(person, { headers: { "x-from": crowded } })).toMatchObject({ status: 200 });
    // That says nothing good of the strangers.
    expect(await guess(person.email, newAddress())).toMatchObject({ code: "rate.limited" });
  });

  test("gets in at once after a reset: in that browser, and in another one at that address", async () => {
    const { person } = await world.signUpPerson();
    await guessUntilRefused(person.email);
    const password = "another-floor-7";
    const home = newAddress();
    const browser = await reset(person.email, password, home);
    await guessUntilRefused(person.email);
    const next = { email: person.email, password };
    expect(await browser.signIn(next, { headers: { "x-from": newAddress() } })).toMatchObject({ status: 200 });
    expect(await world.device().signIn(next, { headers: { "x-from": home } })).toMatchObject({ status: 200 });
    await world.clock.advance(3_600_001);
    await guessUntilRefused(person.email);
    expect(await world.device().signIn(next, { headers: { "x-from": home } })).toMatchObject({ code: "rate.limited" });
  });

  test("is not kept out by own wrong guesses once the password is a new one", async () => {
    const { person, device } = await world.signUpPerson();
    let code: string | undefined;
    for (let i = 0; i < 12 && code !== "rate.limited"; i++)
      ({ code } = await guess(person.email, newAddress(), device));
    expect(code).toBe("rate.limited");
    expect(await device.signIn(person)).toMatchObject({ code: "rate.limited" });
    const password = "another-floor-8";
    await reset(person.email, password, newAddress());
    expect(await device.signIn({ email: person.email, password })).toMatchObject({ status: 200 });
  });

  test("passes the second factor in a known browser while who has the password guesses at it", async () => {
    const { person, device } = await world.signUpPerson();
    const { secret } = await addTotp(world, device);
    await device.ask("POST", httpPaths.signOut);
    const tryCode = async (browser: ReturnType<World["device"]>, totp: string) =>
      (await browser.ask("POST", httpPaths.stepSecondFactor, { body: { totp } })).code;
    let code: string | undefined;
    for (let i = 0; i < 20 && code !== "rate.limited"; i++) {
      const stranger = world.device();
      await stranger.signIn(person, { headers: { "x-from": newAddress() } });
      code = await tryCode(stranger, "000000");
    }
    expect(code).toBe("rate.limited");
    await device.signIn(person);
    expect(await tryCode(device, codeOf(secret, world.clock.now()))).toBeUndefined();
    expect(device.refreshToken).toBeDefined();
  });

  test("proves the password on the own device while it is guessed on a stolen one", async () => {
    const { person, device } = await world.signUpPerson();
    const stolen = world.device();
    expect(await stolen.signIn(person)).toMatchObject({ status: 200 });
    const prove = async (browser: ReturnType<World["device"]>, password: string) =>
      (await browser.ask("POST", httpPaths.totp, { body: { password } })).code;
    let code: string | undefined;
    for (let i = 0; i < 20 && code !== "rate.limited"; i++) code = await prove(stolen, "not-the-password-9");
    expect(code).toBe("rate.limited");
    expect(await prove(device, person.password)).toBeUndefined();
  });

  test("shares that with nobody: another account's browser, or a secret made up, stays a stranger", async () => {
    const [{ person }, other] = [await world.signUpPerson(), await world.signUpPerson()];
    await guessUntilRefused(person.email);
    expect(await other.device.signIn(person)).toMatchObject({ code: "rate.limited" });
    const forger = world.device();
    forger.jar.set("maru_device", `${"A".repeat(43)}.${"0".repeat(32)}`);
    expect(await forger.signIn(person)).toMatchObject({ code: "rate.limited" });
  });

  test("is limited too: who holds a known browser does not guess without end", async () => {
    const { person, device } = await world.signUpPerson();
    let free = 0;
    for (let i = 0; i < 20; i++)
      if ((await guess(person.email, newAddress(), device)).code === "sign_in.failed") free++;
    expect(free).toBe(9);
  });
});

test("a browser that was signed in counts for itself by the rates of an address", async () => {
  const node = await world.openNode({ rates: { sign_in: { burst: 3, perSecond: 0.01 } } });
  const { person, device } = await world.signUpPerson();
  const stranger = world.device(node);
  for (let i = 0; i < 3; i++) await guess(person.email, "203.0.113.9", stranger);
  expect(await guess(person.email, "203.0.113.9", stranger)).toMatchObject({ code: "rate.limited" });
  const again = world.device(node);
  for (const [name, value] of device.jar) again.jar.set(name, value);
  expect(await again.signIn(person, { headers: { "x-from": "203.0.113.9" } })).toMatchObject({ status: 200 });
  const forger = world.device(node);
  forger.jar.set("maru_device", `${"A".repeat(43)}.${"0".repeat(32)}`);
  expect(await guess(person.email, "203.0.113.9", forger)).toMatchObject({ code: "rate.limited" });
});

test("one address with the marks of many browsers has ten times the rate of one, and takes it from nobody else", async () => {
  const marks: ReturnType<World["device"]>["jar"][] = [];
  const { person } = await world.signUpPerson();
  for (let i = 0; i < 50; i++) {
    const browser = world.device();
    expect((await browser.signIn(person)).status).toBe(200);
    marks.push(new Map([...browser.jar].filter(([name]) => name === "maru_device")));
  }
  const node = await world.openNode({ rates: { step: { burst: 2, perSecond: 0.01 } } });
  const ask = async (jar: Map<string, string>, from: string) =>
    (await world.device(node).ask("DELETE", httpPaths.step, { jar, headers: { "x-from": from } })).status;
  const answers: number[] = [];
  for (const jar of marks) answers.push(await ask(jar, "203.0.113.9"), await ask(jar, "203.0.113.9"));
  expect(answers.filter((status) => status === 204)).toHaveLength(20);
  expect(await ask(new Map(), "203.0.113.9")).toBe(204);
  expect(await ask(marks.at(-1) ?? new Map(), "203.0.113.10")).toBe(429);
  expect(
    (await world.device(node).ask("DELETE", httpPaths.step, { headers: { "x-from": "203.0.113.11" } })).status,
  ).toBe(204);
});
