import { afterAll, beforeAll, expect, test } from "bun:test";
import { httpAnswers, httpPaths } from "@maru/protocol";
import { eventually, type PortalAnswer, PortalProxy, portalAnswers } from "@maru/testkit";
import { startTestServer, type TestServer } from "../../../apps/server/src/testing/start-test-server.ts";
import { createClient, type MaruClient } from "./client.ts";
import { MaruClientError } from "./client-error.ts";
import { allCalls, ownerOf } from "./fixtures/client-calls.fixture.ts";
import { acceleratedClock, newPassword, newPerson } from "./fixtures/story.fixture.ts";

let server: TestServer;
let portal: PortalProxy;
let maru: MaruClient;
let partner: Awaited<ReturnType<typeof newPerson>>;

beforeAll(async () => {
  server = await startTestServer();
  portal = await PortalProxy.start(server.port);
  const person = await newPerson(server.port);
  partner = await newPerson(server.port);
  maru = createClient({ url: portal.url, clock: acceleratedClock });
  await maru.signIn({ email: person.email, password: newPassword });
  await person.stop();
}, 60_000);

afterAll(async () => {
  maru?.close();
  await partner?.stop();
  await portal?.stop();
  await server?.stop();
});

/** The routes that a client may call, by what they look like on the wire. */
const routes = Object.keys(httpAnswers).map((call) => {
  const [method = "", name] = call.split(" ") as [string, keyof typeof httpPaths];
  const pattern = httpPaths[name].replaceAll("/", "\\/").replace(/\{\w+\}/g, "[^\\/]+");
  return [call, new RegExp(`^${method} ${pattern}$`)] as const;
});

/** Calls that go to the server over HTTP. */
const overHttp = /^(checkNickname|endSession|getLegal|listSessions|sign\w+|updateMe)$/;
const httpCalls = allCalls.filter(
  ([owner, name]) => owner === "account" || (owner === "client" && overHttp.test(name)),
);

const isOnline = () => maru.connection.getSnapshot().state === "online";

test.each(Object.keys(portalAnswers) as PortalAnswer[])(
  "whoever answers every route with: %s, gets nothing bare out of the client, and everything goes on when it stops",
  async (kind) => {
    await eventually("it is online", isOnline, 20_000);
    portal.begin(kind);
    // Nobody is signed in there: it asks for a token first.
    const visitor = createClient({ url: portal.url, clock: acceleratedClock });
    const outcomes = await Promise.all([
      visitor.account.getSecurity().catch((error) => error),
      ...httpCalls.map(async ([owner, name, args]) => {
        const method = Reflect.get(ownerOf(maru, owner), name) as (...args: readonly unknown[]) => unknown;
        return [
          name,
          await (async () => method.call(ownerOf(maru, owner), ...args))().catch((error) => error),
        ] as const;
      }),
    ]);
    for (const outcome of outcomes) {
      const error = Array.isArray(outcome) ? outcome[1] : outcome;
      expect([outcome, error instanceof MaruClientError, error.code]).toEqual([outcome, true, "server.unavailable"]);
    }
    const missing = routes.filter(([, route]) => ![...portal.answered].some((each) => route.test(each)));
    expect(missing.map(([call]) => call)).toEqual([]);
    expect(portal.answered.has("GET /realtime") || !isOnline()).toBe(true);

    portal.end();
    expect(maru.session.getSnapshot().state).toBe("signed_in");
    await eventually("it is online by itself", isOnline, 40_000);
    const { id } = await maru.rooms.openDirect(partner.nickname);
    const { room, release } = maru.rooms.open(id);
    maru.rooms.send(id, `after ${kind}`);
    await eventually("what is said arrives", () => {
      const now = room.getSnapshot();
      return (
        now.state === "ready" && now.unsent.length === 0 && now.messages.some(({ text }) => text === `after ${kind}`)
      );
    });
    release();
  },
  60_000,
);
