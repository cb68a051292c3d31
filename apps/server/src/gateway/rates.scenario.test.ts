import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { limits } from "@maru/protocol";
import { type GatewayWorld, openWorld } from "./fixtures/gateway.fixture.ts";
import type { SocketCaller } from "./fixtures/socket-caller.fixture.ts";

let world: GatewayWorld;
let alice: SocketCaller;
let bob: SocketCaller;
beforeEach(async () => {
  world = openWorld();
  [alice, bob] = await Promise.all([world.connect("alice"), world.connect("bob")]);
});
afterEach(async () => {
  expect(await bob.isAlive()).toBe(true);
  await world.close();
  expect(world.logged).toEqual([]);
});

/** Commands of a connection that are left of its burst: `connect` took one. */
const burst = limits.commandsBurst - 1;

describe("the rate of a connection", () => {
  test("lets the burst through, then tells how long to wait, and executes nothing meanwhile", async () => {
    let ranCount = 0;
    world.gateway.command("block.list", () => {
      ranCount++;
      return { blocks: [] };
    });
    alice.flood("block.list", burst);
    const error = await alice.expectError("rate.limited", "block.list");
    expect(error).toMatchObject({ temporary: true, retryAfterMs: 1_000 / limits.commandsPerSecond });
    expect(ranCount).toBe(burst);
    await world.clock.advance(error.retryAfterMs as number);
    await alice.expectOk("block.list");
    await alice.expectError("rate.limited", "block.list");
    await world.clock.advance(60_000);
    expect(await alice.isAlive()).toBe(true);
  });

  test("is its own: another's flood takes nothing from it", async () => {
    alice.flood("connection.beat", burst + 1);
    expect(await bob.isAlive()).toBe(true);
  });

  test("ends with 4006 for one who goes on and on", async () => {
    alice.flood("connection.beat", burst + 501);
    expect(await alice.closed).toBe(4006);
  });

  test.each(["ping", "pong"] as const)("counts each %s, which the machinery answers by itself", async (kind) => {
    alice.flood("connection.beat", burst);
    for (let n = 0; n < 501; n++) alice[kind]();
    expect(await alice.closed).toBe(4006);
  });

  test("counts what is refused before connect as well", async () => {
    const stranger = await world.open();
    stranger.flood("connection.beat", limits.commandsBurst + 501);
    expect(await stranger.closed).toBe(4006);
  });

  test("forgives: who keeps to it afterwards wins back what the flood has cost", async () => {
    alice.flood("connection.beat", burst + 400);
    await alice.expectError("rate.limited", "connection.beat");
    for (let n = 0; n < 401; n++) {
      await world.clock.advance(20);
      await alice.expectOk("connection.beat");
    }
    alice.flood("connection.beat", 499);
    await alice.expectError("rate.limited", "connection.beat");
    await world.clock.advance(20);
    expect(await alice.isAlive()).toBe(true);
  });

  test("bounds what runs at the same time", async () => {
    const answered = Promise.withResolvers<{ blocks: [] }>();
    world.gateway.command("block.list", () => answered.promise);
    const running = Array.from({ length: limits.commandsInFlight }, () => alice.ask("block.list"));
    await alice.expectError("rate.limited", "block.list");
    answered.resolve({ blocks: [] });
    expect(await Promise.all(running)).toHaveLength(limits.commandsInFlight);
    expect(await alice.isAlive()).toBe(true);
  });
});
