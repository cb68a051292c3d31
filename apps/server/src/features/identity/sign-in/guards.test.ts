import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { csrfHeader, httpPaths, limits, signedInMark } from "@maru/protocol";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe("routes with a cookie's authority", () => {
  const paths = [httpPaths.signUp, httpPaths.signIn, httpPaths.refresh, httpPaths.signOut];
  const foreign: [string, Record<string, string>][] = [
    ["a foreign page", { origin: "https://evil.example" }],
    ["a page without an origin of its own", { origin: "null" }],
    ["an origin that begins like ours", { origin: "http://maru.test.evil.example" }],
    ["an origin that ends like ours", { origin: "http://evilmaru.test" }],
    ["our name on another scheme", { origin: "https://maru.test" }],
    ["our name on another port", { origin: "http://maru.test:81" }],
    ["our page without the header", { [csrfHeader]: "" }],
    ["a browser that hides where it comes from", { origin: "", "sec-fetch-site": "cross-site" }],
    ["a page of a neighbour", { origin: "", "sec-fetch-site": "same-site" }],
  ];
  for (const [name, headers] of foreign) {
    test(`refuse ${name}`, async () => {
      const { device } = await world.signUpPerson();
      for (const path of paths) {
        const answer = await device.ask("POST", path, { headers, body: world.newPerson() });
        expect([path, answer.status, answer.code]).toEqual([path, 403, "request.forbidden_origin"]);
        expect(answer.headers.getSetCookie()).toEqual([]);
        expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      }
      expect((await device.refresh()).status).toBe(200);
    });
  }

  test("let programs in, which name no origin", async () => {
    const { device } = await world.signUpPerson();
    expect((await device.refresh({ headers: { origin: "" } })).status).toBe(200);
  });

  test("answer no preflight of a foreign page", async () => {
    const answer = await world.device().ask("OPTIONS", httpPaths.refresh, {
      headers: {
        origin: "https://evil.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": csrfHeader,
      },
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect([...answer.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
  });
});

describe("the refresh cookie", () => {
  test("has a mark beside it that scripts may read, which opens nothing and goes with it", async () => {
    const device = world.device();
    const marks = () => [...device.jar].filter(([name]) => name.startsWith(signedInMark));
    const [, mark = ""] = (await device.signUp()).headers.getSetCookie();
    expect(mark).toMatch(/^maru_signed_in(_\d+)?=yes; Max-Age=5184000; Path=\/; SameSite=Strict$/);
    expect((await world.device().refresh({ jar: new Map(marks()) })).code).toBe("auth.required");
    // Whoever lost the mark gets it again.
    const [[name = ""] = []] = marks();
    device.jar.delete(name);
    await device.refresh();
    expect(marks()).toEqual([[name, "yes"]]);
    await device.ask("POST", httpPaths.signOut);
    expect(marks()).toEqual([]);
  });

  test("on http: for scripts and other sites out of reach, for the whole life of the token", async () => {
    const { headers } = await world.device().signUp();
    const [cookie = ""] = headers.getSetCookie();
    expect(cookie).toMatch(/^maru_refresh=[A-Za-z0-9_-]{43}; Max-Age=5184000; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  test("on https: also Secure and bound to this very host; the plain one is not even read", async () => {
    const secure = await openWorld({
      origin: "https://maru.test",
      allowsOrigin: (origin) => origin === "https://maru.test",
    });
    try {
      const device = secure.device();
      const [cookie = ""] = (await device.signUp(secure.newPerson())).headers.getSetCookie();
      expect(cookie).toMatch(
        /^__Host-maru_refresh=[\w-]{43}; Max-Age=5184000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      );
      const planted = new Map([["maru_refresh", device.refreshToken ?? ""]]);
      expect((await secure.device().refresh({ jar: planted })).code).toBe("auth.required");
      expect((await device.refresh()).status).toBe(200);
      await device.ask("POST", httpPaths.signOut);
      expect(device.refreshToken).toBeUndefined();
    } finally {
      await secure.close();
    }
  });
});

describe("routes that require an account", () => {
  const ask = (authorization: string) => world.device().ask("GET", httpPaths.me, { headers: { authorization } });

  test("401 sends a client to refresh: no token, or one whose time is over", async () => {
    expect(await ask("")).toMatchObject({ status: 401, code: "auth.required" });
    const { device } = await world.signUpPerson();
    await world.clock.advance(limits.accessTokenMs);
    expect(await device.ask("GET", httpPaths.me)).toMatchObject({ status: 401, code: "auth.expired" });
    expect((await device.refresh()).status).toBe(200);
    expect((await device.ask("GET", httpPaths.me)).status).toBe(200);
  });

  test("403 signs a client out: a token that was never ours, was ended, or belongs to a suspended account", async () => {
    for (const header of ["Bearer x", "Bearer a.b.c", "Bearer ", "Basic YTpi", "x", `Bearer ${"a".repeat(5_000)}`]) {
      expect(await ask(header)).toMatchObject({ status: 403, code: "auth.invalid" });
    }
    const ended = await world.signUpPerson();
    await ended.device.ask("POST", httpPaths.signOut);
    expect(await ended.device.ask("GET", httpPaths.me)).toMatchObject({ status: 403, code: "auth.revoked" });
    const suspended = await world.signUpPerson();
    await world.identity.suspendAccount(suspended.accountId);
    expect(await suspended.device.ask("GET", httpPaths.me)).toMatchObject({ status: 403, code: "account.suspended" });
  });

  test("a refresh cookie alone opens none of them", async () => {
    const { device } = await world.signUpPerson();
    device.accessToken = undefined;
    for (const [method, path] of [
      ["GET", httpPaths.me],
      ["PATCH", httpPaths.me],
      ["GET", httpPaths.sessions],
      ["POST", httpPaths.signOutEverywhere],
    ] as const) {
      expect(await device.ask(method, path, { body: method === "PATCH" ? {} : undefined })).toMatchObject({
        status: 401,
        code: "auth.required",
      });
    }
  });

  test("a refresh token is no access token", async () => {
    const { device } = await world.signUpPerson();
    expect(await ask(`Bearer ${device.refreshToken}`)).toMatchObject({ status: 403, code: "auth.invalid" });
  });
});
