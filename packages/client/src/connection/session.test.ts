import { beforeEach, describe, expect, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import { settle } from "@maru/testkit";
import { MaruClientError, unreachable } from "../client-error.ts";
import { ClientWorld, PretendedBrowser, silence, tokenMs } from "../fixtures/client.fixture.ts";
import { account } from "../fixtures/entities.fixture.ts";
import { Http } from "./http.ts";
import { Session } from "./session.ts";

let world: ClientWorld;
let browser: PretendedBrowser;

beforeEach(() => {
  world = new ClientWorld();
  browser = new PretendedBrowser();
});

function open(ports = world.ports(browser)): Session {
  const { fetch, clock } = ports;
  const http = new Http({ url: "http://maru.example", fetch, clock, locale: () => "ko", keepsCookies: false });
  return new Session(http, ports, "");
}

async function signIn(ports = world.ports(browser)): Promise<Session> {
  const session = open(ports);
  await session.signIn({ email: account.email, password: "hanok-floor-4" });
  return session;
}

/** A call that the server takes with the newest token alone. */
const call = async (token: string) => {
  if (token !== `token-${world.tokenCount}`) throw new MaruClientError({ code: "auth.expired" });
  return token;
};

describe("an access token", () => {
  test("that ten calls find refused is refreshed once, and all ten are repeated", async () => {
    const session = await signIn();
    world.tokenCount++;
    const answers = await Promise.all(Array.from({ length: 10 }, () => session.authorized(call)));
    expect(new Set(answers)).toEqual(new Set(["token-3"]));
    expect(world.requestCount(httpPaths.refresh)).toBe(1);
  });

  test("that ten calls find over is refreshed once, before any of them goes out", async () => {
    const session = await signIn();
    await world.clock.advance(tokenMs - 29_000);
    const tokens: string[] = [];
    await Promise.all(Array.from({ length: 10 }, () => session.authorized(async (token) => tokens.push(token))));
    expect(new Set(tokens)).toEqual(new Set(["token-2"]));
    expect(world.requestCount(httpPaths.refresh)).toBe(1);
  });

  test("is used as long as it is good, by time that does not jump", async () => {
    const session = await signIn();
    world.clock.jumpWall(86_400_000);
    expect(await session.getToken()).toBe("token-1");
    world.clock.jumpWall(-2 * 86_400_000);
    await world.clock.advance(tokenMs - 31_000);
    expect(await session.getToken()).toBe("token-1");
  });

  test("that is refused once more after a refresh is an error and no endless round", async () => {
    const session = await signIn();
    const refused = session.authorized(() => Promise.reject(new MaruClientError({ code: "auth.expired" })));
    expect(await refused.catch((error) => error.code)).toBe("auth.expired");
    expect(world.requestCount(httpPaths.refresh)).toBe(1);
  });
});

describe("a refresh", () => {
  test("is made by one tab at a time", async () => {
    const ports = [world.ports(browser), world.ports(browser)];
    const tabs = await Promise.all(ports.map((each) => signIn(each)));
    let underway = 0;
    let most = 0;
    world.route(httpPaths.refresh, async () => {
      most = Math.max(most, ++underway);
      await settle();
      underway--;
      return world.grant();
    });
    for (const tab of tabs) tab.dropToken();
    await Promise.all(tabs.map((tab) => tab.getToken()));
    expect([most, world.requestCount(httpPaths.refresh)]).toEqual([1, 2]);
  });

  test("works in two tabs at once where the browser has no locks", async () => {
    const free = () => ({ ...world.ports(browser), withLock: <T>(_: string, work: () => Promise<T>) => work() });
    const tabs = [await signIn(free()), await signIn(free())];
    for (const tab of tabs) tab.dropToken();
    expect((await Promise.all(tabs.map((tab) => tab.getToken()))).sort()).toEqual(["token-3", "token-4"]);
  });

  test("whose answer is lost leaves the sign-in as it is; the next one serves", async () => {
    const session = await signIn();
    session.dropToken();
    world.route(httpPaths.refresh, () => silence);
    const lost = session.getToken().catch((error) => error);
    await world.clock.advance(30_000);
    expect(await lost).toEqual(unreachable());
    expect(session.snapshot.getSnapshot().state).toBe("signed_in");
    world.route(httpPaths.refresh, () => world.grant());
    expect(await session.getToken()).toBe("token-2");
  });

  test.each(["auth.revoked", "auth.invalid", "account.suspended", "auth.required"] as const)(
    "that the server refuses with %s ends the sign-in",
    async (code) => {
      const session = await signIn();
      session.dropToken();
      world.route(httpPaths.refresh, () => {
        throw new MaruClientError({ code });
      });
      expect(await session.getToken().catch((error) => error.code)).toBe(code);
      expect(session.snapshot.getSnapshot()).toEqual({ state: "signed_out", reason: "ended" });
    },
  );

  test("that ends after a sign-out does not sign in again", async () => {
    const session = await signIn();
    session.dropToken();
    let answer = () => {};
    world.route(httpPaths.refresh, () => new Promise((resolve) => (answer = () => resolve(world.grant()))));
    world.route(httpPaths.signOut, () => undefined);
    const refresh = session.refresh().catch(() => {});
    await settle();
    await session.signOut();
    world.route(httpPaths.refresh, () => {
      throw new MaruClientError({ code: "auth.required" });
    });
    answer();
    await refresh;
    expect(session.snapshot.getSnapshot()).toEqual({ state: "signed_out", reason: "left" });
  });
});

describe("a call that the server refuses", () => {
  test.each(["auth.revoked", "account.suspended"] as const)("with %s ends the sign-in", async (code) => {
    const session = await signIn();
    const refused = session.authorized(() => Promise.reject(new MaruClientError({ code })));
    expect(await refused.catch((error) => error.code)).toBe(code);
    expect(session.snapshot.getSnapshot()).toEqual({ state: "signed_out", reason: "ended" });
  });

  test("for itself alone leaves the sign-in", async () => {
    const session = await signIn();
    const refused = session.authorized(() => Promise.reject(new MaruClientError({ code: "message.not_yours" })));
    expect(await refused.catch((error) => error.code)).toBe("message.not_yours");
    expect(session.snapshot.getSnapshot().state).toBe("signed_in");
  });
});

describe("another tab", () => {
  test("is signed in with this one, and out with it", async () => {
    const other = open();
    await other.restore();
    expect(other.snapshot.getSnapshot().state).toBe("signed_in");
    world.route(httpPaths.signOut, () => undefined);
    const session = await signIn();
    await session.signOut();
    await settle();
    expect(other.snapshot.getSnapshot()).toEqual({ state: "signed_out", reason: "left" });
    await session.signIn({ email: account.email, password: "hanok-floor-4" });
    await settle();
    expect(other.snapshot.getSnapshot()).toEqual({ state: "signed_in", account });
  });
});

test("a tab that the server told first learns from the other one that the person left", async () => {
  world.route(httpPaths.signOut, () => undefined);
  const [session, other] = [await signIn(), await signIn()];
  other.end(true);
  expect(other.snapshot.getSnapshot()).toEqual({ state: "signed_out", reason: "ended" });
  await session.signOut();
  await settle();
  expect(other.snapshot.getSnapshot()).toEqual({ state: "signed_out", reason: "left" });
});

test("why nobody is signed in any more is not changed by answers that come late", async () => {
  const session = await signIn();
  session.leave();
  session.end(false);
  session.end(true);
  expect(session.snapshot.getSnapshot()).toEqual({ state: "signed_out", reason: "left" });
  expect(session.wipes).toBe(true);

  const other = await signIn(world.ports(new PretendedBrowser()));
  other.end(false);
  other.end(false);
  expect(other.snapshot.getSnapshot()).toEqual({ state: "signed_out", reason: "ended" });
  expect(other.wipes).toBe(false);
  const told: boolean[] = [];
  other.snapshot.subscribe(() => told.push(other.wipes));
  other.end(true);
  expect(other.snapshot.getSnapshot()).toEqual({ state: "signed_out", reason: "ended" });
  expect(told).toEqual([true]);
});

test("a page that comes back from a provider takes the other tabs along", async () => {
  const [refused, granted] = [new MaruClientError({ code: "auth.required" }), () => world.grant()];
  world.route(httpPaths.refresh, () => {
    throw refused;
  });
  const other = open();
  await other.restore();
  // Another is still asking with the cookie from before, and is answered last.
  const answer = Promise.withResolvers<never>();
  world.route(httpPaths.refresh, () => answer.promise);
  const late = open({ ...world.ports(browser), withLock: (_name, work) => work() });
  const restoring = late.restore();
  await settle();
  world.route(httpPaths.refresh, granted);
  await open({ ...world.ports(browser), withLock: (_name, work) => work() }).restore();
  await settle();
  answer.reject(refused);
  await restoring;
  await settle();
  for (const tab of [other, late]) expect(tab.snapshot.getSnapshot()).toEqual({ state: "signed_in", account });
});

test("a page that loads while the server is away gets its sign-in when the server is back", async () => {
  const session = open();
  world.route(httpPaths.refresh, () => {
    throw new MaruClientError({ code: "server.draining" });
  });
  await session.restore();
  expect(session.snapshot.getSnapshot().state).toBe("unknown");
  world.route(httpPaths.refresh, () => world.grant());
  await world.clock.advance(2_000);
  expect(session.snapshot.getSnapshot().state).toBe("signed_in");
});

test("a page of somebody who is not signed in says so", async () => {
  world.route(httpPaths.refresh, () => {
    throw new MaruClientError({ code: "auth.required" });
  });
  const session = open();
  await session.restore();
  expect(session.snapshot.getSnapshot()).toEqual({ state: "signed_out", reason: "none" });
});
