import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { CloseCode } from "@maru/protocol";
import { eventually, FakeClock } from "@maru/testkit";
import { everybodyAsUsual } from "../platform/account-limits/limits-source.ts";
import { TokenBucket } from "../platform/token-bucket.ts";
import { Admission, usualAdmission } from "./admission.ts";
import { jsonCodec, jsonFormat } from "./codecs/json-codec.ts";
import { LiveConnection } from "./connection.ts";
import { ConnectionRegistry } from "./connection-registry.ts";
import { Fanout } from "./fanout.ts";
import { type GatewayWorld, openWorld } from "./fixtures/gateway.fixture.ts";
import { idOf, MemoryTokens } from "./fixtures/memory-tokens.fixture.ts";
import { createSignOn } from "./sign-on.ts";
import { TokenReading, TokenReadings } from "./token-readings.ts";
import type { Link } from "./transports/transport.ts";

let world: GatewayWorld;
beforeEach(() => {
  world = openWorld();
});
afterEach(async () => {
  await world.close();
  expect(world.logged).toEqual([]);
});

describe("a right that is taken away", () => {
  test("closes every socket of its account at once, and nobody else's", async () => {
    const [phone, desk, bob] = await Promise.all([
      world.connect("alice"),
      world.connect("alice", { session: "alice's desk" }),
      world.connect("bob"),
    ]);
    world.gateway.closeAccount(idOf("alice"), 4501);
    expect(await Promise.all([phone.closed, desk.closed])).toEqual([4501, 4501]);
    expect(await bob.isAlive()).toBe(true);
  });

  test("closes the sockets of one session, and leaves the account's others", async () => {
    const [phone, desk] = await Promise.all([
      world.connect("alice"),
      world.connect("alice", { session: "alice's desk" }),
    ]);
    world.gateway.closeSession(idOf("alice's phone"), 4500);
    expect(await phone.closed).toBe(4500);
    expect(await desk.isAlive()).toBe(true);
  });

  test("closes a connection whose token has ended, too", async () => {
    const alice = await world.connect("alice", { lifeMs: 1_000 });
    await world.clock.advance(1_010);
    world.gateway.closeAccount(idOf("alice"), 4501);
    expect(await alice.closed).toBe(4501);
  });

  const ways: [string, (gateway: GatewayWorld["gateway"]) => void, string, CloseCode][] = [
    ["the account", (gateway) => gateway.closeAccount(idOf("alice"), 4501), "account.suspended", 4501],
    ["the session", (gateway) => gateway.closeSession(idOf("alice's phone"), 4500), "auth.revoked", 4500],
  ];
  test.each(ways)(
    "between the look at its token and the first answer closes %s's socket",
    async (_, end, code, close) => {
      const letGo = world.tokens.hold();
      const [alice, bob] = await Promise.all([world.open(), world.open()]);
      const replies = [alice, bob].map((caller, n) =>
        caller.ask("connect", { token: world.tokens.issue(n === 0 ? "alice" : "bob") }),
      );
      await eventually("both tokens are read", () => world.tokens.heldCount === 2);
      end(world.gateway);
      letGo();
      expect(await replies[0]).toMatchObject({ err: { code } });
      expect(await alice.closed).toBe(close);
      expect(await replies[1]).toHaveProperty("ok");
      expect(await bob.isAlive()).toBe(true);
    },
  );

  test("during a renewal with its token refuses the renewal", async () => {
    const alice = await world.connect("alice", { session: "alice's desk" });
    const letGo = world.tokens.hold();
    const renewal = alice.ask("auth.renew", { token: world.tokens.issue("alice") });
    await eventually("the token is read", () => world.tokens.heldCount === 1);
    world.gateway.closeSession(idOf("alice's phone"), 4500);
    letGo();
    expect(await renewal).toMatchObject({ err: { code: "auth.revoked" } });
    expect(await alice.isAlive()).toBe(true);
  });

  test("does not bar the account afterwards: who signs in anew connects", async () => {
    const alice = await world.connect("alice");
    world.gateway.closeAccount(idOf("alice"), 4500);
    await alice.closed;
    expect(await (await world.connect("alice", { session: "alice's new phone" })).isAlive()).toBe(true);
  });
});

describe("a socket that closes while its token is read", () => {
  test("leaves nothing behind", async () => {
    const letGo = world.tokens.hold();
    const alice = await world.open();
    const connected: string[] = [];
    world.gateway.onConnected(({ accountId }) => connected.push(accountId));
    alice.ask("connect", { token: world.tokens.issue("alice") }).catch(() => {});
    await eventually("the token is read", () => world.tokens.heldCount === 1);
    alice.leave();
    await world.hasSockets(0);
    letGo();
    await eventually("the token is let go", () => world.tokens.heldCount === 0);
    expect(world.gateway.stats()).toEqual({ connectionCount: 0, accountCount: 0, admissionCount: 0 });
    expect(world.gateway.connectionsOf(idOf("alice"))).toEqual([]);
    expect(connected).toEqual([]);
  });
});

describe("the sign-on by itself", () => {
  /** Ends alice's session while her token is read, and returns where her connection stands then. */
  async function endWhileReading(isSubscribed: boolean): Promise<string> {
    const clock = new FakeClock();
    const tokens = new MemoryTokens(clock);
    const readings = new TokenReadings();
    const deaf = { begin: () => new TokenReading(), finish: () => {} };
    const signOn = createSignOn({
      authenticator: tokens,
      clock,
      limitsOf: everybodyAsUsual,
      admission: new Admission(clock, usualAdmission),
      connectionRegistry: new ConnectionRegistry(),
      readings: isSubscribed ? readings : deaf,
      expectEnd: () => {},
      onConnected: () => {},
    });
    const connection = new LiveConnection({
      id: "con_1" as LiveConnection["id"],
      address: "here",
      bucket: new TokenBucket(1, 0),
      nowMs: 0,
      link: { subscribe: () => {} } as unknown as Link,
      codec: jsonCodec,
      fanout: new Fanout(jsonFormat),
    });
    const letGo = tokens.hold();
    const connected = signOn.connect(connection, { token: tokens.issue("alice") }).catch(() => {});
    await eventually("the token is read", () => tokens.heldCount === 1);
    readings.noteEnding({ sessionId: idOf("alice's phone"), code: 4500 });
    letGo();
    await connected;
    return connection.state.is;
  }

  test("makes nothing ready whose right ended meanwhile", async () => {
    expect(await endWhileReading(true)).toBe("opened");
  });

  test("would, if it were not told (planted)", async () => {
    expect(await endWhileReading(false)).toBe("ready");
  });
});
