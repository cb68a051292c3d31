import { beforeEach, describe, expect, test } from "bun:test";
import { type CloseCode, closeCodes, httpPaths } from "@maru/protocol";
import { seededRandom, settle } from "@maru/testkit";
import type { MaruClient } from "../client.ts";
import { MaruClientError } from "../client-error.ts";
import { ClientWorld, PretendedBrowser, silence, tokenMs } from "../fixtures/client.fixture.ts";

let world: ClientWorld;
let browser: PretendedBrowser;

beforeEach(() => {
  world = new ClientWorld();
  browser = new PretendedBrowser();
});

const signIn = (random?: () => number) => world.signIn(world.ports(browser, random));
const stateOf = (maru: MaruClient) => maru.connection.getSnapshot().state;

const untilNextSocket = () => world.untilNextSocket();

describe("a connection", () => {
  test("is opened by the sign-in, without a token in its address, and says connect first", async () => {
    const maru = await signIn();
    expect(stateOf(maru)).toBe("online");
    expect(world.socket.url).toBe("ws://maru.example/realtime?v=1");
    expect(world.socket.sent[0]).toMatchObject({ cmd: "connect", d: { token: "token-1", locale: "ko" } });
  });

  test("comes back after longer and longer pauses with some chance in them, and at once in step with nobody", async () => {
    world.network = "refusing";
    await signIn(seededRandom(7));
    for (const fullMs of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const pause = await untilNextSocket();
      expect(pause).toBeGreaterThanOrEqual(fullMs / 2 - 50);
      expect(pause).toBeLessThanOrEqual(fullMs + 50);
    }
  });

  test("begins with short pauses again after a stable minute, and not before", async () => {
    await signIn(() => 1);
    for (const ms of [500, 1_000, 2_000]) {
      world.socket.end();
      expect(await untilNextSocket()).toBe(ms);
    }
    await world.clock.advance(59_000);
    world.socket.end();
    expect(await untilNextSocket()).toBe(4_000);
    await world.clock.advance(60_000);
    world.socket.end();
    expect(await untilNextSocket()).toBe(500);
  });

  test("comes back at once when the network is back", async () => {
    const maru = await signIn();
    browser.isOnline = false;
    world.socket.end();
    expect(stateOf(maru)).toBe("offline");
    browser.isOnline = true;
    browser.revive();
    await settle();
    expect(stateOf(maru)).toBe("online");
  });

  test("is tried now and then although the device says that it has no network", async () => {
    await signIn();
    browser.isOnline = false;
    world.socket.end();
    await untilNextSocket();
    expect(world.sockets).toHaveLength(2);
  });

  test("that neither opens nor fails is given up after ten seconds", async () => {
    world.network = "silent";
    const maru = await signIn();
    await world.clock.advance(9_999);
    expect(stateOf(maru)).toBe("connecting");
    await world.clock.advance(1);
    expect(stateOf(maru)).toBe("reconnecting");
  });
});

describe("heartbeats", () => {
  test("go out every 25 s, the first after a part of it that is left to chance", async () => {
    await signIn(() => 0.25);
    await world.clock.advance(6_249);
    expect(world.socket.commands("connection.beat")).toHaveLength(0);
    await world.clock.advance(1);
    expect(world.socket.commands("connection.beat")).toHaveLength(1);
    await world.clock.advance(75_000);
    expect(world.socket.commands("connection.beat")).toHaveLength(4);
  });

  test("that nobody answers end the connection after 15 s, and a new one begins", async () => {
    const maru = await signIn(() => 1);
    world.answer("connection.beat", () => silence);
    await world.clock.advance(25_000 + 14_999);
    expect(stateOf(maru)).toBe("online");
    await world.clock.advance(1);
    expect(stateOf(maru)).toBe("reconnecting");
    await untilNextSocket();
    expect(stateOf(maru)).toBe("online");
  });

  test("are asked for when a page is seen again, because a slept-over connection looks open", async () => {
    const maru = await signIn();
    world.answer("connection.beat", () => silence);
    browser.revive();
    await world.clock.advance(2_999);
    expect(stateOf(maru)).toBe("online");
    await world.clock.advance(1);
    expect(stateOf(maru)).toBe("reconnecting");
    await world.clock.advance(500);
    expect(stateOf(maru)).toBe("online");
  });

  test("are asked for after a sleep that nobody told of, and once however many tell of it", async () => {
    const maru = await signIn(() => 1);
    world.answer("connection.beat", () => silence);
    const asleep = world.socket;
    world.clock.jumpWall(3_600_000);
    await world.clock.advance(5_000);
    for (let i = 0; i < 3; i++) browser.revive();
    expect(asleep.commands("connection.beat")).toHaveLength(1);
    await world.clock.advance(3_000);
    expect(stateOf(maru)).toBe("reconnecting");
  });

  test("go on when one of them was refused for once", async () => {
    await signIn(() => 1);
    world.answer("connection.beat", () => {
      throw new MaruClientError({ code: "rate.limited" });
    });
    await world.clock.advance(60_000);
    expect(world.socket.commands("connection.beat")).toHaveLength(2);
  });

  test("are at most one a second, whatever a server says", async () => {
    const { connectionId, ...rest } = { connectionId: `con_${"0".repeat(32)}` as never, limits: {} };
    const [tokenExpiresAt, serverTime] = ["2026-01-01T00:10:00.000Z", "2026-01-01T00:00:00.000Z"];
    world.answer("connect", () => ({ connectionId, heartbeatMs: 0, tokenExpiresAt, serverTime, ...rest }));
    await signIn(() => 1);
    await world.clock.advance(10_000);
    expect(world.socket.commands("connection.beat")).toHaveLength(10);
  });
});

describe("a close of the server", () => {
  for (const [text, { reaction, reason }] of Object.entries(closeCodes)) {
    const code = Number(text) as CloseCode;
    test(`with ${code} leads to: ${reaction} (${reason})`, async () => {
      const maru = await signIn();
      const wasOnline = world.socket;
      wasOnline.end(code);
      await settle();
      await world.clock.advance(60_000);
      const [connection, session] = [maru.connection.getSnapshot(), maru.session.getSnapshot()];
      const tokens = world.sockets.flatMap((socket) => socket.commands("connect")).map(({ token }) => token);
      if (reaction === "resume") {
        expect([connection.state, tokens]).toEqual(["online", ["token-1", "token-1"]]);
      } else if (reaction === "renew") {
        expect([connection.state, tokens]).toEqual(["online", ["token-1", "token-2"]]);
      } else if (reaction === "sign_in") {
        expect(session).toEqual({ state: "signed_out", reason: "ended" });
        expect([connection, tokens]).toEqual([{ state: "idle" }, ["token-1"]]);
      } else {
        expect(session.state).toBe("signed_in");
        expect([connection, tokens]).toEqual([{ state: "stopped", code }, ["token-1"]]);
      }
    });
  }

  test("for good is not undone by a new name or a new token", async () => {
    const maru = await signIn();
    world.socket.end(4506);
    const { account } = world.grant();
    world.route(httpPaths.me, () => ({ ...account, nickname: "대청" }));
    await maru.updateMe({ nickname: "대청" });
    await world.clock.advance(tokenMs);
    await maru.updateMe({ nickname: "대청" });
    expect([stateOf(maru), world.sockets.length]).toEqual(["stopped", 1]);
  });
});

describe("the token", () => {
  test("is renewed on the open connection a minute before its end, again and again", async () => {
    const maru = await signIn();
    await world.clock.advance(tokenMs - 60_001);
    expect(world.socket.commands("auth.renew")).toEqual([]);
    await world.clock.advance(1);
    expect(world.socket.commands("auth.renew")).toEqual([{ token: "token-2" }]);
    await world.clock.advance(3 * tokenMs);
    expect(world.sockets).toHaveLength(1);
    expect(world.socket.commands("auth.renew").length).toBeGreaterThanOrEqual(4);
    expect(stateOf(maru)).toBe("online");
  });

  test("that could not be renewed is tried again before it ends", async () => {
    await signIn();
    const refuse = () => {
      throw new MaruClientError({ code: "server.busy" });
    };
    world.route(httpPaths.refresh, refuse);
    await world.clock.advance(tokenMs - 50_000);
    expect(world.socket.commands("auth.renew")).toEqual([]);
    world.route(httpPaths.refresh, () => world.grant());
    await world.clock.advance(10_000);
    expect(world.socket.commands("auth.renew")).toHaveLength(1);
  });

  test("that ended while the laptop slept for a day costs one refresh and no sign-in", async () => {
    const maru = await signIn();
    // Time that does not jump stands still for a machine that sleeps; the server's goes on.
    world.network = "refusing";
    browser.isOnline = false;
    world.socket.end();
    await settle();
    world.clock.jumpWall(86_400_000);
    world.answer("connect", ({ token }, socket) => {
      if (token !== "token-1") return connected;
      queueMicrotask(() => socket.end(4001));
      throw new MaruClientError({ code: "auth.expired" });
    });
    const connected = {
      connectionId: `con_${"0".repeat(32)}` as never,
      heartbeatMs: 25_000,
      tokenExpiresAt: new Date(world.clock.now() + tokenMs).toISOString(),
      serverTime: new Date(world.clock.now()).toISOString(),
      limits: {},
    };
    world.network = "up";
    browser.isOnline = true;
    browser.revive();
    await settle();
    await untilNextSocket();
    expect([stateOf(maru), maru.session.getSnapshot().state]).toEqual(["online", "signed_in"]);
    expect(world.requestCount(httpPaths.refresh)).toBe(1);
  });

  test("that ended while there was no network for a day costs nothing either", async () => {
    const maru = await signIn();
    world.network = "refusing";
    const away = () => Promise.reject(new MaruClientError({ code: "server.unavailable" }));
    world.route(httpPaths.refresh, away);
    world.socket.end();
    await world.clock.advance(3_600_000);
    expect(maru.session.getSnapshot().state).toBe("signed_in");
    world.network = "up";
    world.route(httpPaths.refresh, () => world.grant());
    await world.clock.advance(30_000);
    expect(stateOf(maru)).toBe("online");
  });
});

describe("a command", () => {
  test("waits a while for a connection, and fails as unreachable when none comes", async () => {
    const maru = await signIn();
    world.answer("block.list", () => ({ blocks: [] }));
    world.network = "refusing";
    world.socket.end();
    const lost = maru.listBlocks().catch((error) => error.code);
    await world.clock.advance(10_000);
    expect(await lost).toBe("server.unavailable");
    const kept = maru.listBlocks();
    world.network = "up";
    browser.revive();
    expect(await kept).toEqual([]);
  });

  test("under way when the connection ends fails as unreachable, at once", async () => {
    const maru = await signIn();
    world.answer("block.list", () => silence);
    const lost = maru.listBlocks().catch((error) => [error.code, error.temporary]);
    await settle();
    world.socket.end();
    expect(await lost).toEqual(["server.unavailable", true]);
  });

  test("fails with the server's own error", async () => {
    const maru = await signIn();
    world.answer("block.list", () => {
      throw new MaruClientError({ code: "rate.limited", retryAfterMs: 300 });
    });
    const error = await maru.listBlocks().catch((thrown) => thrown);
    expect([error.code, error.temporary, error.retryAfterMs]).toEqual(["rate.limited", true, 300]);
  });
});

test("closing ends the connection, keeps the sign-in, and leaves no timer behind", async () => {
  const maru = await signIn();
  await world.clock.advance(30_000);
  maru.close();
  expect([stateOf(maru), maru.session.getSnapshot().state, world.socket.isClosed]).toEqual(["idle", "signed_in", true]);
  await world.clock.advance(2_000);
  expect(world.clock.pendingCount).toBe(0);
  expect(world.sockets).toHaveLength(1);
});
