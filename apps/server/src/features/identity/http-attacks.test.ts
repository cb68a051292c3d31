import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { csrfHeader, httpPaths } from "@maru/protocol";
import { openAuthenticator } from "../../testing/authenticator.ts";
import { goodPassword, openWorld, type World } from "./fixtures/identity.fixture.ts";
import { addPasskey, type Device } from "./fixtures/second-factor.fixture.ts";

const origin = "https://talk.example";
const sun = { id: "sun", name: "Sun", issuer: "http://127.0.0.1:1", clientId: "a", clientSecret: "b", scope: "openid" };
let world: World;
beforeAll(async () => {
  const refuse = () => Promise.reject(new Error("nobody is asked in this test"));
  world = await openWorld({ origin, isMailOn: true, providers: { settings: [sun], fetch: refuse } });
});
afterAll(() => world.close());

type Route = {
  readonly method: string;
  readonly path: string;
  readonly isAuthorized: boolean;
  readonly hasBody: boolean;
};

/** Every route of the feature, from the API's description: one that is added is attacked as well. */
function listRoutes(): Route[] {
  const { paths = {} } = world.app.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "Maru", version: "1" } });
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, { security?: unknown[]; requestBody?: unknown }>).map(
      ([method, route]) => ({
        method: method.toUpperCase(),
        path: path.replace("{providerId}", "sun").replace(/\{\w+\}/g, "x"),
        isAuthorized: (route.security?.length ?? 0) > 0,
        hasBody: route.requestBody !== undefined,
      }),
    ),
  );
}

const ask = (device: Device, { method, path, hasBody }: Route, headers: Record<string, string>, body: unknown = {}) =>
  device.ask(method, path, { headers, ...(hasBody ? { body } : {}) });

describe("every route", () => {
  test("that acts with a cookie's authority refuses pages that are not ours", async () => {
    const device = world.device();
    const routes = listRoutes().filter(({ method, isAuthorized }) => method !== "GET" && !isAuthorized);
    expect(routes.length).toBeGreaterThan(10);
    const strangers = [
      { [csrfHeader]: "" },
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `${origin}.evil.example` },
      { origin: "", "sec-fetch-site": "cross-site" },
    ];
    for (const route of routes) {
      for (const headers of strangers) {
        const answer = await ask(device, route, headers);
        expect([route.path, headers, answer.code]).toEqual([route.path, headers, "request.forbidden_origin"]);
        expect(answer.headers.getSetCookie()).toEqual([]);
      }
    }
  });

  test("of an account refuses who has no token, a forged one, or only a cookie", async () => {
    const { device } = await world.signUpPerson();
    const routes = listRoutes().filter(({ isAuthorized }) => isAuthorized);
    expect(routes.length).toBeGreaterThan(15);
    for (const route of routes) {
      const codes = [];
      for (const authorization of ["", "Bearer x", "Basic YTpi", `Bearer ${device.accessToken}x`]) {
        codes.push((await ask(device, route, { authorization })).code);
      }
      expect([route.path, codes]).toEqual([
        route.path,
        ["auth.required", "auth.invalid", "auth.invalid", "auth.invalid"],
      ]);
    }
  });

  test("that takes a body takes JSON alone, and survives whatever is in it", async () => {
    const { device } = await world.signUpPerson();
    const nested = `${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}`;
    const bodies = [
      "",
      "{",
      "null",
      "[]",
      '"x"',
      "1e999",
      '{"password":{"$ne":null}}',
      '{"code":[],"token":1}',
      nested,
    ];
    for (const route of listRoutes().filter(({ hasBody }) => hasBody)) {
      const form = await ask(device, route, { "content-type": "text/plain" }, {});
      expect([route.path, form.code]).toEqual([route.path, "request.invalid"]);
      for (const body of bodies) {
        const { status, code } = await ask(device, route, {}, body);
        // Whose provider is away is told so, whatever else was sent along.
        if (code === "provider.failed") continue;
        expect([route.path, body.slice(0, 40), status < 500]).toEqual([route.path, body.slice(0, 40), true]);
      }
    }
  });

  test("answers nothing that a cache may keep for another person", async () => {
    const { device } = await world.signUpPerson();
    const routes = listRoutes().filter(({ method, isAuthorized }) => method === "GET" && isAuthorized);
    for (const route of routes) {
      const answer = await ask(device, route, {});
      expect([route.path, answer.headers.get("cache-control")]).toEqual([route.path, "no-store"]);
    }
  });
});

describe("text that cannot be stored", () => {
  test("is refused wherever it is sent, and breaks nothing", async () => {
    const { device } = await world.signUpPerson();
    const bad = "a\u0000b\ud800";
    const password = goodPassword;
    const body = { deviceName: bad, token: bad, code: bad, email: bad, nickname: bad, recoveryCode: bad, name: bad };
    for (const route of listRoutes().filter(({ hasBody }) => hasBody)) {
      const { status, code } = await ask(device, route, {}, { ...body, password, passkey: { id: bad } });
      expect([route.path, status < 500 || code === "provider.failed"]).toEqual([route.path, true]);
    }
    for (const path of [httpPaths.passkeyRemove, httpPaths.providerRemove]) {
      const { status } = await device.ask("POST", path.replace(/\{\w+\}/, "%00"), { body: { password } });
      expect([path, status]).toEqual([path, 204]);
    }
  });
});

describe("what belongs to another", () => {
  test("answers like what does not exist, and stays as it is", async () => {
    const owner = await world.signUpPerson();
    const stranger = await world.signUpPerson();
    const authenticator = openAuthenticator(origin);
    await addPasskey(owner.device, authenticator);
    const { sessions } = (await owner.device.ask<{ sessions: { id: string }[] }>("GET", httpPaths.sessions)).body;
    const passkey = (id: string) => httpPaths.passkeyRemove.replace("{passkeyId}", id);
    const attempts: [method: string, mine: string, nobodys: string, body?: object][] = [
      ["DELETE", `${httpPaths.sessions}/${sessions[0]?.id}`, `${httpPaths.sessions}/ses_${"0".repeat(32)}`],
      ["POST", passkey(authenticator.id), passkey("AAAA"), { password: goodPassword }],
    ];
    for (const [method, mine, nobodys, body] of attempts) {
      const answers = [];
      for (const path of [mine, nobodys]) answers.push(await stranger.device.ask(method, path, body ? { body } : {}));
      expect(answers.map(({ status, body: said }) => [status, said])).toEqual(Array(2).fill([204, "" as never]));
    }
    expect((await owner.device.refresh()).status).toBe(200);
    expect((await owner.device.ask("GET", httpPaths.security)).body).toMatchObject({
      passkeys: [{ id: authenticator.id }],
    });
  });
});

describe("what a request holds besides", () => {
  test("changes nothing: not kind, state, e-mail, verification or whose account it is", async () => {
    const { device, accountId, person } = await world.signUpPerson();
    const stranger = await world.signUpPerson();
    const extra = {
      id: `acc_${stranger.accountId}`,
      accountId: stranger.accountId,
      account_id: stranger.accountId,
      kind: "operator",
      role: "operator",
      state: "active",
      email: "new@maru.example",
      emailVerified: true,
      isEmailVerified: true,
      confirmed_at: "2020-01-01",
      ["__proto__"]: { kind: "operator" },
    };
    const password = goodPassword;
    await device.ask("POST", httpPaths.password, { body: { ...extra, password, newPassword: "another-floor-5" } });
    await device.ask("PATCH", httpPaths.consents, { body: { ...extra, marketing: true } });
    await device.ask("POST", httpPaths.totp, { body: { ...extra, password: "another-floor-5" } });
    const rows = await world.db.sql`
      select kind, state, email from identity_accounts where id in (${accountId}, ${stranger.accountId}) order by id`;
    expect(rows.map((row: object) => ({ ...row }))).toEqual([
      { kind: "person", state: "active", email: person.email },
      { kind: "person", state: "active", email: stranger.person.email },
    ]);
    expect((await world.device().signIn(stranger.person)).status).toBe(200);
    const totp = await world.db.sql`select account_id, confirmed_at from identity_totp`;
    expect(
      totp.map((row: { account_id: string; confirmed_at: unknown }) => [
        row.account_id.replaceAll("-", ""),
        row.confirmed_at,
      ]),
    ).toEqual([[accountId, null]]);
  });
});

describe("a session", () => {
  test("is never one that somebody else chose: each sign-in hands out its own, whatever was planted", async () => {
    const attacker = await world.signUpPerson();
    const { person } = await world.signUpPerson();
    const victim = world.device();
    for (const [name, value] of attacker.device.jar) victim.jar.set(name, value);
    const planted = victim.refreshToken;
    const answer = await victim.signIn(person);
    expect(answer.body.account.email).toBe(person.email);
    expect(victim.refreshToken).not.toBe(planted);
    // What was planted is over, so it leads neither of them to the other.
    expect((await attacker.device.refresh()).code).toBe("auth.revoked");
  });

  test("is not begun by a step that was planted", async () => {
    const attacker = world.device();
    const theirs = world.newPerson();
    await attacker.signUp(theirs);
    const victim = world.device();
    victim.jar.set("__Host-maru_step", attacker.jar.get("__Host-maru_step") ?? "");
    const { person } = await world.signUpPerson();
    await victim.signIn(person);
    expect(victim.jar.has("__Host-maru_step")).toBe(false);
    expect((await victim.ask("GET", httpPaths.me)).body).toMatchObject({ email: person.email });
  });
});
