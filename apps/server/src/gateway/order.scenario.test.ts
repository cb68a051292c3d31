import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { eventually, seededRandom } from "@maru/testkit";
import { type GatewayWorld, openWorld } from "./fixtures/gateway.fixture.ts";

let world: GatewayWorld;
beforeEach(() => {
  world = openWorld();
});
afterEach(async () => {
  await world.close();
  expect(world.logged).toEqual([]);
});

const blockId = (n: number) => `blk_${String(n).padStart(32, "0")}`;

/** Has one connection say a hundred things at once, and returns the order in which they took effect. */
async function sayAHundred(takesEffect: "at once" | "after a wait"): Promise<string[]> {
  const effects: string[] = [];
  const random = seededRandom(3);
  let waitingCount = 0;
  world.gateway.command("block.remove", async (_, { blockId }) => {
    if (takesEffect === "at once") effects.push(blockId);
    waitingCount++;
    await new Promise<void>((resolve) => world.clock.setTimeout(resolve, random() * 50));
    if (takesEffect === "after a wait") effects.push(blockId);
    return {};
  });
  const alice = await world.connect("alice");
  const replies = Array.from({ length: 100 }, (_, n) => alice.expectOk("block.remove", { blockId: blockId(n) }));
  await eventually("all have come", () => waitingCount === 100);
  await world.clock.advance(50);
  await Promise.all(replies);
  return effects;
}

const inOrder = Array.from({ length: 100 }, (_, n) => blockId(n));

describe("commands of one connection", () => {
  test("reach their handlers in the order in which they came, however long each takes", async () => {
    expect(await sayAHundred("at once")).toEqual(inOrder);
  });

  test("lose that order in a handler that waits before it takes its place (planted)", async () => {
    const effects = await sayAHundred("after a wait");
    expect(effects).toHaveLength(100);
    expect(effects).not.toEqual(inOrder);
  });

  test("are each answered exactly once, also when the answers overtake each other", async () => {
    const open: (() => void)[] = [];
    world.gateway.command("block.list", () => new Promise((resolve) => open.push(() => resolve({ blocks: [] }))));
    const alice = await world.connect("alice");
    const replies = Array.from({ length: 100 }, () => alice.ask("block.list"));
    await alice.isAlive();
    const random = seededRandom(4);
    for (const finish of open.sort(() => random() - 0.5)) finish();
    await Promise.all(replies);
    await alice.isAlive();
    const ids = alice.replies.map(({ id }) => id);
    expect(ids).toHaveLength(103);
    expect(new Set(ids).size).toBe(103);
  });
});

describe("pushes", () => {
  test("come in the order in which they were published, to everybody who listens", async () => {
    const callers = await Promise.all([1, 2, 3].map((n) => world.connect(`person ${n}`)));
    for (const connection of world.gateway.connections()) connection.subscribe("news");
    const published = Array.from({ length: 500 }, (_, n) => n);
    for (const n of published) world.gateway.publish("news", [JSON.stringify({ push: "match.changed", n })]);
    for (const caller of callers) {
      await caller.isAlive();
      expect(caller.pushes.map((push) => (push as unknown as { n: number }).n)).toEqual(published);
    }
  });

  test("go to those only who listen, and to nobody after unsubscribing", async () => {
    const [alice, bob] = await Promise.all([world.connect("alice"), world.connect("bob")]);
    const [first] = world.gateway.connections();
    first?.subscribe("news");
    world.gateway.publish("news", ['{"push":"match.changed"}']);
    first?.unsubscribe("news");
    world.gateway.publish("news", ['{"push":"match.changed"}']);
    await Promise.all([alice?.isAlive(), bob?.isAlive()]);
    expect([alice?.pushes.length, bob?.pushes.length].toSorted()).toEqual([0, 1]);
  });
});

describe("listeners", () => {
  test("hear of each connection once: that it is ready, then that it is gone", async () => {
    const received: string[] = [];
    world.gateway.onConnected((connection) => received.push(`${connection.device} came`));
    world.gateway.onClosed((connection) => received.push(`${connection.device} went`));
    const stranger = await world.open();
    const alice = await world.open();
    await alice.expectOk("connect", { token: world.tokens.issue("alice"), device: "phone" });
    expect(received).toEqual(["phone came"]);
    stranger.leave();
    alice.leave();
    await world.hasSockets(0);
    expect(received).toEqual(["phone came", "phone went"]);
  });

  test("that fail are logged and keep nobody from connecting or hearing", async () => {
    const received: string[] = [];
    world.gateway.onConnected(() => {
      throw new Error("no");
    });
    world.gateway.onConnected(() => received.push("came"));
    const alice = await world.connect("alice");
    expect(await alice.isAlive()).toBe(true);
    expect(received).toEqual(["came"]);
    expect(world.logged.splice(0)).toHaveLength(1);
  });

  test("find what a feature remembers of a connection, until it is gone", async () => {
    const key = Symbol("notes");
    const alice = await world.connect("alice");
    const [connection] = world.gateway.connections();
    connection?.slot<string[]>(key, () => []).push("a note");
    expect(connection?.slot<string[]>(key, () => [])).toEqual(["a note"]);
    alice.leave();
    await world.hasSockets(0);
    const again = await world.connect("alice");
    const [next] = world.gateway.connections();
    expect(next?.slot<string[]>(key, () => [])).toEqual([]);
    expect(await again.isAlive()).toBe(true);
  });
});
