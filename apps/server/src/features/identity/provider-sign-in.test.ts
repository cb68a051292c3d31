import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths, type Security, type SignInStep } from "@maru/protocol";
import { codeOf } from "../../testing/authenticator-app.ts";
import { goodPassword, openWorld, type World } from "./identity-world.ts";
import { openProvider, type ProviderPerson, type TestProvider } from "./provider-world.ts";
import { addTotp } from "./second-factor-world.ts";

const origin = "http://maru.test";
let world: World;
let sun: TestProvider;
let moon: TestProvider;
beforeAll(async () => {
  const redirectUris = ["sun", "moon"].map((id) => `${origin}/api/auth/providers/${id}/callback`);
  sun = await openProvider({ id: "sun", redirectUris });
  moon = await openProvider({ id: "moon", redirectUris, isTerse: true });
  const providers = { settings: [sun.settings, moon.settings], fetch: (url: string, init: object) => fetch(url, init) };
  world = await openWorld({ isMailOn: true, origin, providers });
});
afterAll(async () => {
  await world.close();
  await sun.close();
  await moon.close();
});

type Device = ReturnType<World["device"]>;
let count = 0;
const newcomer = (more: Partial<ProviderPerson> = {}): ProviderPerson => {
  const number = ++count;
  return { sub: `sub-${number}`, email: `provided${number}@maru.example`, email_verified: true, ...more };
};

/** Goes to a provider and back; tells where the browser ends up. */
async function travel(device: Device, provider: TestProvider, path: string, body: object = {}) {
  const start = await device.ask<{ url: string }>("POST", path.replace("{providerId}", provider.settings.id), { body });
  if (start.status !== 200) return { start, location: "" };
  const back = new URL(await provider.follow(start.body.url));
  const arrived = await device.ask("GET", `${back.pathname}${back.search}`, { headers: { origin: "" } });
  return { start, location: arrived.headers.get("location") ?? "" };
}

async function signInAs(provider: TestProvider, person: ProviderPerson | null, device = world.device(), body = {}) {
  provider.be(person);
  const { location } = await travel(device, provider, httpPaths.providerStart, body);
  if (device.refreshToken !== undefined) await device.refresh();
  return { device, location };
}

async function connect(provider: TestProvider, person: ProviderPerson, device: Device) {
  provider.be(person);
  return travel(device, provider, httpPaths.providerConnect, { returnTo: "/settings" });
}

const stepOf = async (device: Device) => (await device.ask<SignInStep>("GET", httpPaths.step)).body;
const agreement = (more: object = {}) => {
  const { nickname, isFourteenOrOver, consents } = world.newPerson();
  return { nickname, isFourteenOrOver, consents, ...more };
};
const consent = (device: Device, more: object = {}) => device.enter(httpPaths.stepConsent, agreement(more));
const nameOfSelf = async (device: Device) => (await device.ask<{ id: string }>("GET", httpPaths.me)).body.id;

/** Somebody who came in through a provider for the first time and agreed. */
async function arrive(provider: TestProvider, person: ProviderPerson) {
  const { device } = await signInAs(provider, person);
  const answer = await consent(device);
  expect(answer.status).toBe(200);
  return { device, id: answer.body.account.id };
}

const countRows = async () =>
  (
    await world.db.sql`select (select count(*) from identity_accounts)::int + (select count(*) from identity_steps)::int
      + (select count(*) from identity_provider_links)::int + (select count(*) from identity_consents)::int as count`
  )[0].count;

describe("a first sign-in through a provider", () => {
  test("stores nothing before age and consents, then makes an account with a verified e-mail", async () => {
    const before = await countRows();
    const person = newcomer({ nickname: "해님" });
    const { device, location } = await signInAs(sun, person);
    expect(location).toBe("/log-in");
    expect(await stepOf(device)).toEqual({
      next: "consent",
      providerId: "sun",
      email: person.email ?? "",
      isEmailVerified: true,
      nickname: "해님",
    });
    expect([await countRows(), device.refreshToken]).toEqual([before, undefined]);
    const kept = device.jar.get("maru_step") ?? "";
    expect(Buffer.from(kept.slice(2), "base64url").toString("latin1")).not.toContain("maru.example");

    expect((await consent(device, { isFourteenOrOver: false })).code).toBe("age.too_young");
    expect((await consent(device, { consents: { terms: "", privacy: "", marketing: false } })).code).toBe(
      "consent.required",
    );
    expect(await countRows()).toBe(before);
    const done = await consent(device, { nickname: "해님이" });
    expect(done.body.account).toMatchObject({ email: person.email, emailVerified: true, nickname: "해님이" });
    const kinds = await world.db.sql`select kind from identity_consents
      where account_id = ${done.body.account.id.slice(4)} order by kind`;
    expect(kinds.map(({ kind }: { kind: string }) => kind)).toEqual(["age", "privacy", "terms"]);
    expect((await device.ask<Security>("GET", httpPaths.security)).body).toMatchObject({
      hasPassword: false,
      providers: [{ id: "sun" }],
    });
    const again = await signInAs(sun, person);
    expect([again.location, await nameOfSelf(again.device)]).toEqual(["/", done.body.account.id]);
  });

  test("learns from a provider that tells more only when asked", async () => {
    const person = newcomer();
    const { device } = await signInAs(moon, person);
    expect(await stepOf(device)).toMatchObject({ email: person.email, isEmailVerified: true });
  });

  test.each([
    ["does not say that the e-mail is verified", { email_verified: false }],
    ["says nothing of it", { email_verified: undefined }],
  ])("with a provider that %s needs our code", async (_name, more) => {
    const { email_verified, ...rest } = newcomer();
    const person = more.email_verified === undefined ? rest : { ...rest, ...more };
    const { device } = await signInAs(sun, person);
    expect(await stepOf(device)).toMatchObject({ email: person.email, isEmailVerified: false });
    const answer = await consent(device);
    expect([answer.status, answer.body as unknown]).toMatchObject([202, { next: "code", email: person.email }]);
    const code = /\b\d{6}\b/.exec((await world.mailsTo(person.email ?? "")).at(-1)?.text ?? "")?.[0];
    const done = await device.enter(httpPaths.stepCode, { code });
    expect(done.body.account).toMatchObject({ email: person.email, emailVerified: true });
    expect((await signInAs(sun, person)).location).toBe("/");
  });

  test("without an e-mail asks for one, and for our code", async () => {
    const { email: _email, email_verified: _verified, ...person } = newcomer();
    const { device } = await signInAs(sun, person);
    expect(await stepOf(device)).toMatchObject({ email: null, isEmailVerified: false });
    expect((await consent(device)).code).toBe("email.invalid");
    const { email } = world.newPerson();
    expect((await consent(device, { email })).status).toBe(202);
    const code = /\b\d{6}\b/.exec((await world.mailsTo(email)).at(-1)?.text ?? "")?.[0];
    expect((await device.enter(httpPaths.stepCode, { code })).body.account).toMatchObject({
      email,
      emailVerified: true,
    });
  });

  test("with an e-mail typed that is taken tells only its owner, and links nothing", async () => {
    const owner = await world.signUpPerson();
    const { email: _email, ...person } = newcomer();
    const { device } = await signInAs(sun, person);
    expect((await consent(device, { email: owner.person.email })).status).toBe(202);
    expect((await world.mailsTo(owner.person.email)).at(-1)?.subject).toBe("이미 가입한 이메일이에요");
    expect((await device.enter(httpPaths.stepCode, { code: "000000" })).code).toBe("code.wrong");
    expect((await signInAs(sun, person)).location).toBe("/log-in");
  });

  test("a consent is good once and for a quarter of an hour", async () => {
    const person = newcomer();
    const { device } = await signInAs(sun, person);
    const copy = new Map(device.jar);
    expect((await consent(device)).status).toBe(200);
    const replayed = await world.device().ask("POST", httpPaths.stepConsent, { body: agreement(), jar: copy });
    expect(replayed.code).toBe("step.expired");
    const late = await signInAs(sun, newcomer());
    await world.clock.advance(900_000);
    expect((await consent(late.device)).code).toBe("step.expired");
    expect(await stepOf(late.device)).toEqual({ next: "none" });
  });

  test("of two consents at once one makes the account", async () => {
    const person = newcomer();
    const devices = [(await signInAs(sun, person)).device, (await signInAs(sun, person)).device];
    const answers = await Promise.all(devices.map((device) => consent(device)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const owners = await world.db.sql`select account_id from identity_provider_links where subject = ${person.sub}`;
    expect(owners).toHaveLength(1);
  });
});

describe("an e-mail that an account has", () => {
  test("links by itself when both sides have verified it, and tells the owner", async () => {
    const owner = await world.signUpPerson();
    const person = newcomer({ email: owner.person.email.toUpperCase() });
    const { device, location } = await signInAs(sun, person);
    expect([location, await nameOfSelf(device)]).toEqual(["/", `acc_${owner.accountId}`]);
    expect((await world.mailsTo(owner.person.email)).map(({ subject }) => subject)).toContain(
      "로그인 방법이 연결되었어요",
    );
    expect((await world.device().signIn(owner.person)).status).toBe(200);
  });

  test("does not link when the provider does not say that it is verified", async () => {
    const owner = await world.signUpPerson();
    const person = newcomer({ email: owner.person.email, email_verified: false });
    const { device, location } = await signInAs(sun, person);
    expect([location, device.refreshToken]).toEqual(["/log-in?fault=provider.link_required", undefined]);
    expect(await stepOf(device)).toEqual({ next: "none" });
  });

  test("does not hand a newcomer to an account that somebody made first with their unverified address", async () => {
    const squatter = await world.signUpPerson();
    await world.db.sql`update identity_accounts set email_verified_at = null where id = ${squatter.accountId}`;
    const person = newcomer({ email: squatter.person.email });
    const { device, location } = await signInAs(sun, person);
    expect([location, device.refreshToken]).toEqual(["/log-in?fault=provider.link_required", undefined]);
    const links = await world.db.sql`select 1 from identity_provider_links where subject = ${person.sub}`;
    expect(links).toHaveLength(0);

    // The owner of the mailbox takes the account over by mail, and the squatter keeps no way in.
    await connect(moon, newcomer(), squatter.device);
    await world.device().ask("POST", httpPaths.passwordReset, { body: { email: squatter.person.email } });
    const token = /#([\w-]+)/.exec((await world.mailsTo(squatter.person.email)).at(-1)?.text ?? "")?.[1];
    const password = "the-owners-own-1";
    await world.device().ask("POST", httpPaths.passwordResetFinish, { body: { token, password } });
    expect((await squatter.device.refresh()).code).toBe("auth.revoked");
    const ways = await world.db.sql`select 1 from identity_provider_links where account_id = ${squatter.accountId}`;
    expect(ways).toHaveLength(0);
    expect((await signInAs(sun, person)).location).toBe("/");
  });

  test("belongs to one person who comes by two providers", async () => {
    const person = newcomer();
    const { id } = await arrive(sun, person);
    const other = { ...newcomer(), email: person.email ?? "" };
    const { device } = await signInAs(moon, other);
    expect(await nameOfSelf(device)).toBe(id);
    const security = (await device.ask<Security>("GET", httpPaths.security)).body;
    expect(security.providers.map(({ id: name }) => name).sort()).toEqual(["moon", "sun"]);
  });

  test("changed at the provider later changes nothing here, also when it is another person's by now", async () => {
    const person = newcomer();
    const { id } = await arrive(sun, person);
    const other = await world.signUpPerson();
    const { device } = await signInAs(sun, { ...person, email: other.person.email });
    expect(await nameOfSelf(device)).toBe(id);
    expect((await device.ask("GET", httpPaths.me)).body).toMatchObject({ email: person.email });
  });
});

describe("a second factor and a suspension", () => {
  test("stand behind a provider as behind a password", async () => {
    const owner = await world.signUpPerson();
    await connect(sun, { sub: "with-totp" }, owner.device);
    const { secret } = await addTotp(world, owner.device);
    const { device, location } = await signInAs(sun, { sub: "with-totp" });
    expect([location, device.refreshToken]).toEqual(["/log-in", undefined]);
    expect(await stepOf(device)).toMatchObject({ next: "second_factor" });
    const totp = codeOf(secret, world.clock.now());
    expect((await device.enter(httpPaths.stepSecondFactor, { totp })).status).toBe(200);
    await world.identity.suspendAccount(owner.accountId);
    expect((await signInAs(sun, { sub: "with-totp" })).location).toBe("/log-in?fault=account.suspended");
  });
});

describe("connecting in the settings", () => {
  test("needs a sign-in, connects, and disconnects with the password", async () => {
    const owner = await world.signUpPerson();
    const person = newcomer();
    expect((await connect(sun, person, world.device())).start.code).toBe("auth.required");
    expect((await connect(sun, person, owner.device)).location).toBe("/settings");
    expect((await connect(sun, person, owner.device)).location).toBe("/settings");
    expect(await nameOfSelf((await signInAs(sun, person)).device)).toBe(`acc_${owner.accountId}`);
    const path = httpPaths.providerRemove.replace("{providerId}", "sun");
    expect((await owner.device.ask("POST", path, { body: {} })).code).toBe("password.wrong");
    expect((await owner.device.ask("POST", path, { body: { password: goodPassword } })).status).toBe(204);
    expect((await signInAs(sun, person)).location).toBe("/log-in");
  });

  test("cannot take what is another's, nor a second of one provider", async () => {
    const person = newcomer();
    await arrive(sun, person);
    const other = await world.signUpPerson();
    expect((await connect(sun, person, other.device)).location).toBe("/settings?fault=provider.taken");
    await connect(sun, newcomer(), other.device);
    expect((await connect(sun, newcomer(), other.device)).location).toBe("/settings?fault=provider.taken");
  });

  test("never takes the last way in away; a first password can be set after a fresh sign-in", async () => {
    const person = newcomer();
    const { device } = await arrive(sun, person);
    const remove = () => device.ask("POST", httpPaths.providerRemove.replace("{providerId}", "sun"), { body: {} });
    expect(await remove()).toMatchObject({ status: 409, code: "provider.last_way" });
    await world.clock.advance(11 * 60_000);
    await device.refresh();
    expect((await remove()).code).toBe("auth.fresh_required");
    const setPassword = () => device.ask("POST", httpPaths.password, { body: { newPassword: goodPassword } });
    expect((await setPassword()).code).toBe("auth.fresh_required");
    await signInAs(sun, person, device);
    expect((await setPassword()).status).toBe(204);
    const done = await device.ask("POST", httpPaths.providerRemove.replace("{providerId}", "sun"), {
      body: { password: goodPassword },
    });
    expect(done.status).toBe(204);
  });

  test("does nothing for who signed out on the way", async () => {
    const owner = await world.signUpPerson();
    sun.be(newcomer());
    const start = await owner.device.ask<{ url: string }>(
      "POST",
      httpPaths.providerConnect.replace("{providerId}", "sun"),
      { body: {} },
    );
    const back = new URL(await sun.follow(start.body.url));
    await owner.device.ask("POST", httpPaths.signOut);
    const arrived = await owner.device.ask("GET", `${back.pathname}${back.search}`);
    expect(arrived.headers.get("location")).toBe("/log-in?fault=auth.revoked");
  });
});
