import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { limits, type Push } from "@maru/protocol";
import { jsonDialect, openLines } from "./fixtures/dialects.fixture.ts";
import { type ClientKind, type GatewayWorld, openWorld } from "./fixtures/gateway.fixture.ts";
import { Lifecycle } from "./fixtures/lifecycle.fixture.ts";
import { idOf } from "./fixtures/memory-tokens.fixture.ts";
import type { MemoryWire } from "./fixtures/memory-transport.fixture.ts";

const lines = openLines("sun");
const kinds: [string, ClientKind][] = [
  ["a socket that speaks ours", { over: "sockets", dialect: jsonDialect }],
  ["a socket that speaks another language", { over: "sockets", dialect: lines }],
  ["another transport that speaks ours", { over: "memory", dialect: jsonDialect }],
  ["another transport that speaks another language", { over: "memory", dialect: lines }],
];
const changed: Push = { push: "match.changed", match: { state: "idle", reason: "none" } };

describe.each(kinds)("over %s", (_, kind) => {
  let world: GatewayWorld;
  beforeEach(() => {
    world = openWorld(kind);
  });
  afterEach(async () => {
    await world.close();
    expect(world.logged).toEqual([]);
  });

  test("whatever happens in whatever order, those are served who have a right", async () => {
    for (let seed = 1; seed <= 3; seed++) {
      const lifecycle = new Lifecycle(seed, kind);
      try {
        await lifecycle.live(100);
      } finally {
        await lifecycle.close();
      }
    }
  }, 30_000);

  test("pushes come in the order in which they were published, whole, to those who listen", async () => {
    const [alice, bob] = await Promise.all([world.connect("alice"), world.connect("bob")]);
    const [first] = world.gateway.connectionsOf(idOf("alice"));
    first?.subscribe("news");
    expect(first?.isSubscribed("news")).toBe(true);
    const numbers = Array.from({ length: 300 }, (_, n) => n);
    for (const n of numbers) world.gateway.publish("news", [JSON.stringify({ ...changed, n, text: '"안녕\n>' })]);
    world.gateway.publish("news", [JSON.stringify({ ...changed, n: 300 }), JSON.stringify({ ...changed, n: 301 })]);
    first?.unsubscribe("news");
    expect(first?.isSubscribed("news")).toBe(false);
    world.gateway.publish("news", [JSON.stringify(changed)]);
    await Promise.all([alice.isAlive(), bob.isAlive()]);
    expect(alice.pushes.map((push) => (push as unknown as { n: number }).n)).toEqual([...numbers, 300, 301]);
    expect(bob.pushes).toEqual([]);
  });

  test("a push to one connection and one to all of its account arrive, together and in order", async () => {
    const [phone, desk] = await Promise.all([world.connect("alice"), world.connect("alice")]);
    const [first] = world.gateway.connectionsOf(idOf("alice"));
    first?.push(changed, { ...changed, n: 1 } as Push);
    world.gateway.pushToAccount(idOf("alice"), changed);
    await Promise.all([phone.isAlive(), desk.isAlive()]);
    expect([phone.pushes.length, desk.pushes.length].toSorted()).toEqual([1, 3]);
  });

  test("a right that ends ends delivery at once, and the close follows", async () => {
    const alice = await world.connect("alice", { lifeMs: 5_000 });
    const [held] = world.gateway.connectionsOf(idOf("alice"));
    held?.subscribe("news");
    await world.clock.advance(5_000);
    expect([held?.isOpen, held?.isSubscribed("news"), held?.accountId]).toEqual([false, false, idOf("alice")]);
    world.gateway.publish("news", [JSON.stringify(changed)]);
    world.gateway.pushToAccount(idOf("alice"), changed);
    held?.push(changed);
    held?.subscribe("later");
    world.gateway.publish("later", [JSON.stringify(changed)]);
    await alice.expectError("auth.expired", "connection.beat");
    expect(alice.pushes).toEqual([]);
    await world.clock.advance(2_500);
    expect(await alice.closed).toBe(4001);
  });

  test("once it is being closed nothing is taken or delivered, and it is gone once", async () => {
    const went: string[] = [];
    world.gateway.onClosed((_, accountId) => went.push(accountId));
    let ranCount = 0;
    world.gateway.command("block.list", () => {
      ranCount++;
      return { blocks: [] };
    });
    const [alice, bob] = await Promise.all([world.connect("alice"), world.connect("bob")]);
    const [held] = world.gateway.connectionsOf(idOf("alice"));
    held?.subscribe("news");
    // These are on their way when it is closed.
    alice.flood("block.list", 3);
    world.gateway.closeAccount(idOf("alice"), 4501);
    world.gateway.closeAccount(idOf("alice"), 4500);
    expect([held?.isOpen, world.gateway.connectionsOf(idOf("alice"))]).toEqual([false, []]);
    world.gateway.publish("news", [JSON.stringify(changed)]);
    held?.push(changed);
    expect(await alice.closed).toBe(4501);
    await world.hasSockets(1);
    expect([alice.pushes, alice.replies.length, ranCount, went]).toEqual([[], 1, 0, [idOf("alice")]]);
    expect(world.gateway.countCommands()).toEqual([{ command: "connect", outcome: "ok", value: 2 }]);
    expect(await bob.isAlive()).toBe(true);
  });

  test("silence, abuse and a full node close it with the codes of the table", async () => {
    const [silent, loud] = await Promise.all([world.connect("alice"), world.connect("bob")]);
    loud.flood("connection.beat", 1_000);
    expect(await loud.closed).toBe(4006);
    await world.clock.advance(limits.heartbeatMs * 2.5 + 300);
    expect(await silent.closed).toBe(4003);
    const full = openWorld({ ...kind, maxConnections: 0 });
    expect(await (await full.open()).closed).toBe(4005);
    await full.close();
  });

  test("a node that drains tells everybody to come back", async () => {
    const callers = await Promise.all([world.connect("alice"), world.connect("bob"), world.open()]);
    await world.gateway.drain(0);
    expect(await Promise.all(callers.map(({ closed }) => closed))).toEqual([4000, 4000, 4000]);
    await world.hasSockets(0);
  });
});

test("a client of another transport that does not read is cut; the others go on", async () => {
  const world = openWorld({ over: "memory" });
  const bob = await world.connect("bob");
  const alice = await world.connect("alice");
  (alice.wire as MemoryWire).isDeaf = true;
  const pad = "x".repeat(60_000);
  for (let n = 0; n < 10; n++) world.gateway.pushToAccount(idOf("alice"), { ...changed, pad } as Push);
  await world.clock.advance(250);
  expect(await alice.closed).toBe(4002);
  expect(await bob.isAlive()).toBe(true);
  await world.close();
});

test("commands that come in parts or many at once are each answered, in a language that allows it", async () => {
  const world = openWorld({ dialect: lines });
  const alice = await world.connect("alice");
  const replies = [alice.replyTo(501), alice.replyTo(502), alice.replyTo(503)];
  alice.say("501 connection.beat {}\n502 connection.be");
  alice.say(new TextEncoder().encode("at {}\n503 connection.beat {}\n"));
  expect(await Promise.all(replies)).toEqual([501, 502, 503].map((id) => ({ id, ok: {} })));
  alice.say("no command\n");
  expect(await alice.closed).toBe(4504);
  await world.close();
});

test("who asks for no language that is spoken here gets ours; a spoken one is named in the answer", async () => {
  const world = openWorld({ codecs: [openLines("sun").offer, openLines("moon").offer] });
  const chosenFor = async (asked: string) =>
    /^sec-websocket-protocol: *(.*)\r$/im.exec(await readUpgrade(world.port, asked))?.[1];
  expect(await chosenFor("v9.other, lines.moon, lines.sun")).toBe("lines.moon");
  expect(await chosenFor("v9.other")).toBeUndefined();
  await world.close();
});

/** The head of the answer to a request for a socket that names subprotocols. */
async function readUpgrade(port: number, asked: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const read = Promise.withResolvers<string>();
  let text = "";
  socket.on("error", read.reject);
  socket.on("data", (part) => {
    text += part.toString("latin1");
    if (text.includes("\r\n\r\n")) read.resolve(text);
  });
  socket.write(
    "GET /realtime?v=1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: ${asked}\r\n\r\n`,
  );
  const head = await read.promise;
  socket.destroy();
  return head;
}
