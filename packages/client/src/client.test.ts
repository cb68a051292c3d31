import { beforeEach, expect, test } from "bun:test";
import { type ErrorCode, httpPaths } from "@maru/protocol";
import { settle } from "@maru/testkit";
import { createClient } from "./client.ts";
import { MaruClientError } from "./client-error.ts";
import { ClientWorld, PretendedBrowser } from "./fixtures/client.fixture.ts";
import { account, roomId } from "./fixtures/entities.fixture.ts";

let world: ClientWorld;
let browser: PretendedBrowser;

beforeEach(() => {
  world = new ClientWorld();
  browser = new PretendedBrowser();
});

/** Somebody who has said something that could not be sent; returns what of it is left, and how often a wipe was called. */
async function withUnsent() {
  const maru = await world.signIn(world.ports(browser));
  let wipeCount = 0;
  maru.onWiped(() => wipeCount++);
  world.network = "refusing";
  const socket = world.socket;
  socket.end();
  maru.rooms.send(roomId, "아직 보내지 못한 말");
  await settle();
  const left = async () => {
    await settle();
    return [(await browser.storage.list(account.id)).length, wipeCount];
  };
  expect(await left()).toEqual([1, 0]);
  return { maru, left };
}

const refuse = (code: ErrorCode) => world.route(httpPaths.refresh, () => Promise.reject(new MaruClientError({ code })));

test.each<[ErrorCode, boolean]>([
  ["auth.revoked", true],
  ["account.suspended", true],
  ["auth.required", false],
  ["auth.invalid", false],
])("a sign-in refused with %s takes what waits with it: %p", async (code, wipes) => {
  const { maru, left } = await withUnsent();
  refuse(code);
  await world.clock.advance(700_000);
  expect(maru.session.getSnapshot()).toEqual({ state: "signed_out", reason: "ended" });
  expect(await left()).toEqual(wipes ? [0, 1] : [1, 0]);
});

test.each<[number, boolean]>([
  [4500, true],
  [4501, true],
  [4502, false],
])("a connection closed with %p takes what waits with it: %p", async (code, wipes) => {
  const { maru, left } = await withUnsent();
  world.network = "up";
  world.answer("message.send", () => Promise.reject(new MaruClientError({ code: "server.busy" })));
  await world.untilNextSocket();
  world.socket.end(code);
  expect(maru.session.getSnapshot().state).toBe("signed_out");
  expect(await left()).toEqual(wipes ? [0, 1] : [1, 0]);
});

test("signing out takes it along, in every tab that is open", async () => {
  const { maru, left } = await withUnsent();
  let otherCount = 0;
  const other = createClient({ url: "http://maru.example", ...world.ports(browser) });
  other.onWiped(() => otherCount++);
  await other.signIn({ email: account.email, password: "hanok-floor-4" });
  world.route(httpPaths.signOut, () => undefined);
  await maru.signOut();
  expect([await left(), otherCount]).toEqual([[0, 1], 1]);
});

/** Makes this place a page until the end of the test. */
function becomePage(cookie: string): Disposable {
  const document = { addEventListener() {}, visibilityState: "visible", cookie };
  Object.defineProperty(globalThis, "document", { value: document, configurable: true });
  return { [Symbol.dispose]: () => Reflect.deleteProperty(globalThis, "document") };
}

const openPage = (restores: "always" | "likely") =>
  createClient({ url: "http://maru.example", restores, ...world.ports(browser) });

test("a sign-in that somebody ended while no page was open takes it along when one opens", async () => {
  const { maru } = await withUnsent();
  maru.close();
  refuse("auth.revoked");
  using _page = becomePage("");
  const later = openPage("always");
  let wipeCount = 0;
  later.onWiped(() => wipeCount++);
  await settle();
  expect([(await browser.storage.list(account.id)).length, wipeCount]).toEqual([0, 1]);
});

test("a page without the mark of a sign-in asks nobody, until somebody is about to be asked for a password", async () => {
  using _page = becomePage("theme=dark");
  const visitor = openPage("likely");
  await world.clock.advance(60_000);
  expect([visitor.session.getSnapshot(), world.requests]).toEqual([{ state: "signed_out", reason: "none" }, []]);
  // The mark was lost, and the sign-in was not.
  await visitor.lookForSignIn();
  await visitor.lookForSignIn();
  expect([visitor.session.getSnapshot().state, world.requestCount(httpPaths.refresh)]).toEqual(["signed_in", 1]);
});

test("a page that is about to ask for a password goes on looking while the server is away", async () => {
  using _page = becomePage("theme=dark");
  let isAway = true;
  world.route(httpPaths.refresh, () => (isAway ? new Response("<html>") : world.grant()));
  const visitor = openPage("likely");
  await visitor.lookForSignIn();
  await world.clock.advance(10_000);
  expect(visitor.session.getSnapshot().state).toBe("signed_out");
  isAway = false;
  await world.clock.advance(30_000);
  expect(visitor.session.getSnapshot().state).toBe("signed_in");
});

test("a page that is told that nobody is signed in knows so, and goes on looking like that", async () => {
  using _page = becomePage("maru_signed_in_8080=yes");
  world.route(httpPaths.refresh, () => ({ signedIn: false }));
  const visitor = openPage("likely");
  expect(visitor.session.getSnapshot()).toEqual({ state: "unknown" });
  await settle();
  await visitor.lookForSignIn();
  expect(visitor.session.getSnapshot()).toEqual({ state: "signed_out", reason: "none" });
  expect(world.requestCount(httpPaths.refresh)).toBe(1);
});

test.each<[string, () => Response]>([
  ["a portal's page", () => new Response("<html>", { headers: { "content-type": "text/html" } })],
  ["nothing", () => new Response("", { headers: { "content-type": "application/json" } })],
  ["nothing, and 204", () => new Response(null, { status: 204 })],
  ["half a body", () => new Response('{"accessToken":', { headers: { "content-type": "application/json" } })],
  ["an empty object", () => Response.json({})],
  ["a page that forbids", () => new Response("<html>", { status: 403, headers: { "content-type": "text/html" } })],
])(
  "a page that gets %s in place of who is there goes on asking, after longer and longer pauses, until it is told",
  async (_, answer) => {
    using _page = becomePage("maru_signed_in=yes");
    let isAway = true;
    const ports = world.ports(browser, () => 1);
    const fetch: typeof ports.fetch = async (url, init) => {
      const told = await ports.fetch(url, init);
      return isAway ? answer() : told;
    };
    const maru = createClient({ url: "http://maru.example", ...ports, fetch });
    await world.clock.advance(120_000);
    expect(maru.session.getSnapshot()).toEqual({ state: "unknown" });
    expect(world.requestCount(httpPaths.refresh)).toBeLessThan(12);
    isAway = false;
    await world.clock.advance(30_000);
    expect([maru.session.getSnapshot().state, maru.connection.getSnapshot().state]).toEqual(["signed_in", "online"]);
  },
);
