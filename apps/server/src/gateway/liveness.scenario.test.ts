import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { limits, type Push } from "@maru/protocol";
import { eventually } from "@maru/testkit";
import type { SignedInConnection } from "./connection.ts";
import { openDeafSocket } from "./fixtures/deaf-socket.fixture.ts";
import { type GatewayWorld, openWorld } from "./fixtures/gateway.fixture.ts";
import { idOf } from "./fixtures/memory-tokens.fixture.ts";

let world: GatewayWorld;
beforeEach(() => {
  world = openWorld();
});
afterEach(async () => {
  await world.close();
  expect(world.logged).toEqual([]);
});

/** Silence after which a connection counts as dead. */
const silenceMs = limits.heartbeatMs * 2.5;

describe("a heartbeat", () => {
  test("is answered", async () => {
    const alice = await world.connect("alice");
    expect(await alice.expectOk("connection.beat")).toEqual({});
  });

  test("keeps a connection open for as long as it comes, and its end closes it with 4003", async () => {
    const [alice, silent] = await Promise.all([world.connect("alice"), world.connect("bob")]);
    await world.clock.advance(limits.heartbeatMs);
    await alice.isAlive();
    await world.clock.advance(silenceMs - limits.heartbeatMs + 300);
    expect(await silent.closed).toBe(4003);
    await alice.isAlive();
    await world.clock.advance(silenceMs - 300);
    await alice.isAlive();
    await world.clock.advance(silenceMs + 300);
    expect(await alice.closed).toBe(4003);
  });

  test("is whatever the client says, also what is refused", async () => {
    const alice = await world.connect("alice");
    await world.clock.advance(silenceMs - 300);
    await alice.expectError("command.unknown", "room.explode" as "room.get");
    await world.clock.advance(silenceMs - 300);
    expect(await alice.isAlive()).toBe(true);
  });

  test("is not what the server pushes: a client that only hears is gone", async () => {
    const alice = await world.connect("alice");
    for (let passed = 0; passed < silenceMs; passed += 5_000) {
      world.gateway.pushToAccount(idOf("alice"), { push: "match.changed", match: { state: "idle", reason: "none" } });
      await world.clock.advance(5_000);
    }
    await world.clock.advance(300);
    expect(await alice.closed).toBe(4003);
  });
});

describe("a slow reader", () => {
  const push = {
    push: "match.changed",
    match: { state: "idle", reason: "none" },
    pad: "x".repeat(60_000),
  } as unknown as Push;

  test("is closed with 4002 once it holds back more than its bound; the others go on", async () => {
    const bob = await world.connect("bob");
    const deaf = await openDeafSocket(world.port, world.tokens.issue("alice"));
    const [alice] = world.gateway.connectionsOf(idOf("alice"));
    const { link } = (alice as SignedInConnection).live;
    await eventually("alice holds back half a megabyte", () => {
      if (link.getBufferedAmount() < 600_000) alice?.push(push);
      return link.getBufferedAmount() > 524_288;
    });
    await world.clock.advance(250);
    await world.hasSockets(1);
    expect(await bob.isAlive()).toBe(true);
    expect(await deaf.readToTheEnd()).toBe(4002);
  });

  test("does not fill the memory between two rounds: the bound of the machinery cuts it", async () => {
    const bob = await world.connect("bob");
    const deaf = await openDeafSocket(world.port, world.tokens.issue("alice"));
    const [alice, other] = [...world.gateway.connections()];
    for (const connection of [alice, other]) connection?.subscribe("news");
    // No timer runs in this world unless the test moves it: what is published comes faster than any round.
    const published = [JSON.stringify(push)];
    await eventually("alice is cut", () => {
      if (bob.pushes.length % 10 === 0) for (let n = 0; n < 10; n++) world.gateway.publish("news", published);
      return world.gateway.connectionsOf(idOf("alice")).length === 0;
    });
    expect(await bob.isAlive()).toBe(true);
    const received = bob.pushes.length;
    world.gateway.publish("news", published);
    await eventually("bob hears on", () => bob.pushes.length === received + 1);
    deaf.leave();
  });
});
