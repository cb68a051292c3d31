import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { httpPaths, type PasskeyOptions } from "@maru/protocol";
import { createSecretBox } from "../../../platform/secret-box.ts";
import { openAuthenticator } from "../../../testing/authenticator.ts";
import { codeOf } from "../../../testing/authenticator-app.ts";
import { goodPassword, openWorld, type World } from "../fixtures/identity.fixture.ts";
import { openProvider, type TestProvider } from "../fixtures/provider.fixture.ts";
import { newcomer } from "../fixtures/provider-visits.fixture.ts";
import type { Device } from "../fixtures/second-factor.fixture.ts";
import { eventOfRoute, quietRoutes, securityEvents } from "./security-events.ts";

const origin = "https://hall.test";
const address = "198.51.100.77";
/** Stands in everything that people type, and may stand in no line. */
const canary = "otterflute";
let sun: TestProvider;
let world: World;
beforeAll(async () => {
  sun = await openProvider({ id: "sun", redirectUris: [`${origin}/api/auth/providers/sun/callback`] });
  const providers = { settings: [sun.settings], fetch: (url: string, init: object) => fetch(url, init) };
  world = await openWorld({
    origin,
    isMailOn: true,
    providers,
    clientAddress: (context) => context.req.header("x-from") ?? address,
  });
});
afterAll(async () => {
  await world.close();
  await sun.close();
});

type Line = Readonly<Record<string, string | number>>;
/** What the security log has told since it was asked last. */
let readUpTo = 0;
function readNew(): Line[] {
  const lines = world.log.lines.slice(readUpTo).map((line) => JSON.parse(line) as Line);
  readUpTo = world.log.lines.length;
  return lines.filter(({ message }) => message === "security");
}
const brief = ({ event, outcome, reason }: Line) =>
  [event, outcome, ...(reason === undefined ? [] : [reason])].join(" ");

function newPerson() {
  const person = world.newPerson();
  const name = person.nickname.replace(/\D/g, "");
  return {
    ...person,
    email: `${canary}.mail${name}@maru.example`,
    nickname: `${canary}${name}`.slice(-20),
    password: `${canary} sits on the ${name} boards`,
    deviceName: `${canary} phone`,
  };
}

async function codeMailedTo(email: string): Promise<string> {
  return /\b\d{6}\b/.exec((await world.mailsTo(email)).at(-1)?.text ?? "")?.[0] ?? "";
}

async function signUp() {
  const person = newPerson();
  const device = world.device();
  await device.signUp(person);
  const answer = await device.enter(httpPaths.stepCode, { code: await codeMailedTo(person.email) });
  return { person, device, accountId: answer.body.account.id.slice(4), password: person.password };
}

const sendToSun = async (device: Device, path: string, body: object) => {
  const { body: begun } = await device.ask<{ url: string }>("POST", path.replace("{providerId}", "sun"), { body });
  const back = new URL(await sun.follow(begun.url));
  return device.ask("GET", back.pathname + back.search, { headers: { origin: "" } });
};

describe("every route of the feature", () => {
  type Route = { method: string; path: string; hasBody: boolean };
  function listRoutes(): Route[] {
    const { paths = {} } = world.app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "Maru", version: "1" } });
    return Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods as Record<string, { requestBody?: unknown }>).map(([method, route]) => ({
        method: method.toUpperCase(),
        path,
        hasBody: route.requestBody !== undefined,
      })),
    );
  }
  const nameOf = ({ method, path }: Route) => `${method} ${path}`;

  test("has its event, or is known to tell nothing", () => {
    expect(listRoutes().map(nameOf).sort()).toEqual([...eventOfRoute.keys(), ...quietRoutes].sort());
  });

  test("tells one line of it, refused or done, and a quiet one none", async () => {
    const { device, person } = await signUp();
    readNew();
    for (const route of listRoutes().filter(({ path }) => path !== httpPaths.leave)) {
      const path = route.path.replace("{providerId}", canary).replace(/\{\w+\}/g, canary);
      const body = { email: canary, nickname: canary, code: canary, token: canary, password: canary, name: canary };
      const from = `192.0.2.${listRoutes().findIndex((each) => nameOf(each) === nameOf(route))}`;
      const headers = {
        "x-from": from,
        ...(route.path === httpPaths.refresh ? { cookie: `__Host-maru_refresh=${"x".repeat(43)}` } : {}),
      };
      await device.ask(route.method, path, { headers, keepsCookies: false, ...(route.hasBody ? { body } : {}) });
      const logged = readNew();
      expect([nameOf(route), logged.map(({ event }) => event)]).toEqual([
        nameOf(route),
        quietRoutes.includes(nameOf(route) as (typeof quietRoutes)[number])
          ? []
          : [eventOfRoute.get(nameOf(route)) as string],
      ]);
      for (const line of logged) expect(["done", "step", "refused"]).toContain(line["outcome"] as string);
      if (path === httpPaths.signOutEverywhere || path === httpPaths.signOut) await device.signIn(person);
      readNew();
    }
  });
});

describe("the security log", () => {
  /** Every event that came about in these tests. */
  const seen = new Set<string>();
  function expectLogged(expected: string[], facts: object = {}): void {
    const lines = readNew();
    expect(lines.map(brief)).toEqual(expected);
    for (const line of lines) seen.add(String(line["event"]));
    expect(lines.at(-1)).toMatchObject(facts);
  }
  const post = (device: Device, path: string, body: object = {}) => device.ask("POST", path, { body });

  test("tells of sign-ups, sign-ins and devices", async () => {
    readNew();
    const person = newPerson();
    const device = world.device();
    await device.signUp(person);
    expectLogged(["sign_up.begin step"]);
    await world.clock.advance(60_000);
    await device.ask("POST", httpPaths.stepResend);
    await device.ask("POST", httpPaths.stepCode, { body: { code: "0" } });
    const code = await codeMailedTo(person.email);
    const { body } = await device.enter(httpPaths.stepCode, { code });
    const accountId = body.account.id.slice(4);
    expectLogged(["sign_up.resend done", "sign_up.verify refused code.wrong", "sign_up.verify done"], { accountId });

    const other = world.device();
    await other.signIn({ ...person, password: `${canary} and another` });
    expectLogged(["sign_in.password refused sign_in.failed"], { accountId });
    await other.signIn(person);
    expectLogged(["sign_in.password done"], { accountId });
    const { sessions } = (
      await device.ask<{ sessions: { id: string; isCurrent: boolean }[] }>("GET", httpPaths.sessions)
    ).body;
    await device.ask("DELETE", `${httpPaths.sessions}/${sessions.find(({ isCurrent }) => !isCurrent)?.id}`);
    expectLogged(["session.end_other done"], { accountId });
    await other.refresh();
    expectLogged(["session.refresh refused auth.revoked"], { accountId });
    // A route without an event, and one with its own: one line each, and whose it was.
    await other.ask("GET", httpPaths.me);
    await other.ask("PATCH", httpPaths.me, { body: { intro: canary } });
    expectLogged(["session.refused refused auth.revoked", "profile.change refused auth.revoked"], { accountId });
    await device.refresh();
    await other.signIn(person);
    await other.ask("POST", httpPaths.signOut);
    expectLogged(["sign_in.password done", "session.end done"]);
  });

  test("tells of changes of the password and of what is held", async () => {
    const { device, person, accountId } = await signUp();
    readNew();
    const { password } = person;
    await post(device, httpPaths.password, { password: canary.repeat(2), newPassword: canary.repeat(3) });
    expectLogged(["password.change refused password.wrong"], { accountId });
    const newPassword = `${password}, all of them`;
    await post(device, httpPaths.password, { password, newPassword });
    await device.ask("PATCH", httpPaths.me, { body: { intro: canary } });
    await device.ask("PATCH", httpPaths.consents, { body: { marketing: true } });
    await device.ask("GET", httpPaths.exportMe);
    expectLogged(["password.change done", "profile.change done", "consent.change done", "account.export done"], {
      accountId,
    });
  });

  test("tells of second factors", async () => {
    const { device, person, accountId } = await signUp();
    readNew();
    await post(device, httpPaths.totp, { password: person.password });
    const setUp = (
      await device.ask<{ secret: string }>("POST", httpPaths.totp, { body: { password: person.password } })
    ).body;
    await post(device, httpPaths.totpConfirm, { code: codeOf(setUp.secret, world.clock.now()) });
    const options = await device.ask<PasskeyOptions>("POST", httpPaths.passkeyOptions, {
      body: { password: person.password },
    });
    const passkey = openAuthenticator(origin).create(options.body);
    await post(device, httpPaths.passkeys, { name: canary, passkey });
    await post(device, httpPaths.recoveryCodes, { password: person.password });
    expectLogged(
      [
        "second_factor.begin_totp done",
        "second_factor.begin_totp done",
        "second_factor.add_totp done",
        "second_factor.begin_passkey done",
        "second_factor.add_passkey done",
        "second_factor.renew_codes done",
      ],
      { accountId },
    );
    const second = world.device();
    await second.signIn(person);
    await post(second, httpPaths.stepSecondFactor, { totp: "000000" });
    await world.clock.advance(30_000);
    await post(second, httpPaths.stepSecondFactor, { totp: codeOf(setUp.secret, world.clock.now()) });
    expectLogged(
      ["sign_in.password step", "sign_in.second_factor refused second_factor.failed", "sign_in.second_factor done"],
      { accountId },
    );
    const { passkeys } = (await device.ask<{ passkeys: { id: string }[] }>("GET", httpPaths.security)).body;
    await post(device, httpPaths.passkeyRemove.replace("{passkeyId}", passkeys[0]?.id ?? ""), {
      password: person.password,
    });
    await post(device, httpPaths.totpRemove, { password: person.password });
    expectLogged(["second_factor.remove_passkey done", "second_factor.remove_totp done"], { accountId });
  });

  test("tells of providers, by the ids that the operator gave", async () => {
    const { device, person, accountId } = await signUp();
    readNew();
    sun.be(newcomer({ sub: `${canary}-sub`, email: `${canary}@sun.example`, nickname: canary }));
    await sendToSun(device, httpPaths.providerConnect, { password: person.password });
    expectLogged(["provider.begin_connect done", "provider.connect done"], { accountId, providerId: "sun" });
    const third = world.device();
    await sendToSun(third, httpPaths.providerStart, {});
    expectLogged(["sign_in.provider_begin done", "sign_in.provider done"], { accountId, providerId: "sun" });
    await post(device, httpPaths.providerRemove.replace("{providerId}", "sun"), { password: person.password });
    const fourth = world.device();
    await sendToSun(fourth, httpPaths.providerStart, {});
    const { nickname, isFourteenOrOver, consents } = newPerson();
    await post(fourth, httpPaths.stepConsent, { nickname, isFourteenOrOver, consents });
    sun.be(null);
    await sendToSun(fourth, httpPaths.providerStart, {});
    expectLogged([
      "provider.disconnect done",
      "sign_in.provider_begin done",
      "sign_in.provider step",
      "sign_up.consent done",
      "sign_in.provider_begin done",
      "sign_in.provider refused provider.refused",
    ]);
  });

  test("tells of resets, suspensions, leaving and operators", async () => {
    const { device, person, accountId } = await signUp();
    readNew();
    const { password } = person;
    await post(world.device(), httpPaths.passwordReset, { email: person.email });
    const token = /#([\w-]+)/.exec((await world.mailsTo(person.email)).at(-1)?.text ?? "")?.[1];
    await post(world.device(), httpPaths.passwordResetFinish, { token: canary, password });
    await post(world.device(), httpPaths.passwordResetFinish, { token, password });
    expectLogged(["password.request_reset done", "password.reset refused link.expired", "password.reset done"]);
    await world.identity.suspendAccount(accountId);
    await world.device().signIn(person);
    await world.identity.restoreAccount(accountId);
    expectLogged(["account.suspend done", "sign_in.password refused account.suspended", "account.restore done"], {
      accountId,
    });
    await device.signIn(person);
    await device.ask("POST", httpPaths.signOutEverywhere);
    await device.signIn(person);
    await post(device, httpPaths.leave, { password, messages: "keep" });
    expectLogged(["sign_in.password done", "session.end_all done", "sign_in.password done", "account.leave done"], {
      accountId,
    });
    const email = `${canary}-keeper@maru.example`;
    const { url } = await world.identity.createOperator({ email, nickname: "마루지기", resetsSecondFactor: false });
    await post(world.device(), httpPaths.firstSignIn, { token: url.split("#")[1], password: goodPassword });
    expectLogged(["operator.create done", "sign_in.link step"]);
  });

  test("has no event that does not come about", () => {
    expect([...seen].sort()).toEqual(Object.keys(securityEvents).sort());
  });

  test("holds no mail address, nickname, password, code, token or network address", () => {
    const text = world.log.lines.join("\n");
    expect(world.log.lines.length).toBeGreaterThan(80);
    for (const word of [canary, "@", goodPassword, address, "192.0.2.", "198.51.100"]) expect(text).not.toContain(word);
    // Nothing as long as a secret: ids and hashes alone, by their names.
    for (const line of world.log.lines.map((each) => JSON.parse(each) as Line)) {
      const { accountId, sessionId, requestId, address: hash, ...rest } = line;
      if (line["message"] !== "security") continue;
      for (const id of [accountId, sessionId, requestId]) expect(String(id)).toMatch(/^(undefined|[0-9a-f]{32})$/);
      expect(String(hash)).toMatch(/^(undefined|[0-9a-f]{16})$/);
      expect(
        Object.keys(rest).filter(
          (name) => !["level", "message", "event", "outcome", "reason", "providerId", "heldBackCount"].includes(name),
        ),
      ).toEqual([]);
      for (const value of Object.values(rest)) expect(String(value).length).toBeLessThan(40);
    }
  });

  test("knows an address again by a hash that needs the installation's secret", async () => {
    const hashOf = async (from: string, of: World = world) => {
      const before = of.log.lines.length;
      await of
        .device()
        .signIn({ email: "nobody@maru.example", password: goodPassword }, { headers: { "x-from": from } });
      const lines = of.log.lines.slice(before).map((line) => JSON.parse(line) as Line);
      return lines.find(({ message }) => message === "security")?.["address"];
    };
    const one = await hashOf("203.0.113.5");
    expect(await hashOf("203.0.113.5")).toBe(one as string);
    expect(await hashOf("203.0.113.6")).not.toBe(one as string);
    // A home is one address of the newer kind too.
    expect(await hashOf("2001:db8::1")).toBe((await hashOf("2001:db8::2")) as string);
    const elsewhere = await openWorld({ secretBox: createSecretBox("the secret of another installation") });
    try {
      expect(await hashOf("203.0.113.5", elsewhere)).not.toBe(one as string);
    } finally {
      await elsewhere.close();
    }
  });

  test("is not filled by one address: what is held back is counted and told with the next line", async () => {
    const flood = { headers: { "x-from": "203.0.113.99" } };
    readNew();
    for (let count = 0; count < 60; count++)
      await world.device().ask("POST", httpPaths.passwordResetFinish, { ...flood, body: {} });
    expect(readNew()).toHaveLength(30);
    await world
      .device()
      .ask("POST", httpPaths.passwordResetFinish, { headers: { "x-from": "203.0.113.98" }, body: {} });
    expect(readNew()).toMatchObject([{ outcome: "refused", heldBackCount: 30 }]);
    await world.clock.advance(2_000);
    await world.device().ask("POST", httpPaths.passwordResetFinish, { ...flood, body: {} });
    expect(readNew()).toHaveLength(1);
  });

  test("is described: the document's table has every event and its meaning", () => {
    const text = readFileSync(join(import.meta.dir, "../../../../../../docs/operate/security.md"), "utf8");
    const rows = [...text.matchAll(/^\| `([a-z_]+\.[a-z_]+)` +\| (.+?) +\|$/gm)].map(([, event, meaning]) => [
      event,
      meaning,
    ]);
    expect(rows).toEqual(Object.entries(securityEvents));
  });
});
