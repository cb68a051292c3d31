import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Push } from "@maru/protocol";
import type { PushFormat } from "./codecs/codec.ts";
import type { SignedInConnection } from "./connection.ts";
import { Fanout } from "./fanout.ts";
import { jsonDialect, type Lines, openLines, type Plant } from "./fixtures/dialects.fixture.ts";
import { type ClientKind, type GatewayWorld, openWorld } from "./fixtures/gateway.fixture.ts";
import { idOf } from "./fixtures/memory-tokens.fixture.ts";
import type { SocketCaller } from "./fixtures/socket-caller.fixture.ts";

const text = JSON.stringify({ push: "match.changed", match: { state: "idle", reason: "none" } });

describe("clients of two transports that speak three languages", () => {
  let world: GatewayWorld;
  let sun: Lines;
  let moon: Lines;
  afterEach(() => world.close());

  /** Two of each kind, all of whom listen to the news. */
  async function gather(plant?: Plant): Promise<SocketCaller[]> {
    [sun, moon] = [openLines("sun", plant), openLines("moon")];
    world = openWorld({ codecs: [sun.offer, moon.offer] });
    const kinds = [jsonDialect, sun, moon].flatMap((dialect): ClientKind[] => [
      { over: "sockets", dialect },
      { over: "memory", dialect },
    ]);
    const callers = await Promise.all([...kinds, ...kinds].map((kind) => world.openAs(kind)));
    await Promise.all(
      callers.map((caller, n) => caller.expectOk("connect", { token: world.tokens.issue(`person ${n}`) })),
    );
    for (const connection of world.gateway.connections()) connection.subscribe("news");
    for (const count of [world.published, world.memory.published]) count.length = 0;
    for (const { encodeCounts } of [sun, moon]) encodeCounts.clear();
    return callers;
  }

  test("share one frame and one publish for each language and transport, and hear none but their own", async () => {
    const callers = await gather();
    world.gateway.publish("news", [text, text]);
    await Promise.all(callers.map((caller) => caller.isAlive()));
    expect(callers.map(({ pushes, foreign }) => [pushes.length, foreign])).toEqual(callers.map(() => [2, []]));
    expect([...sun.encodeCounts, ...moon.encodeCounts]).toEqual([
      ["lines:sun", 1],
      ["lines:moon", 1],
    ]);
    const topics = ["news", "news\0lines:moon", "news\0lines:sun"];
    expect(world.published.toSorted()).toEqual(topics);
    expect(world.memory.published.toSorted()).toEqual(topics);
  });

  test("would hear each other's frames, did two languages share a name (planted)", async () => {
    const callers = await gather("its form bears the name of ours");
    world.gateway.publish("news", [text]);
    await Promise.all(callers.map((caller) => caller.isAlive()));
    // It reads what was written for us.
    expect(callers.filter(({ foreign }) => foreign.length > 0)).toHaveLength(4);
  });

  test("cost nothing more in a language that nobody listens in any more, however they stop", async () => {
    const callers = await gather();
    const listening = [...world.gateway.connections()] as SignedInConnection[];
    const { fanout } = listening[0]?.live ?? {};
    expect(fanout?.otherTopicCount).toBe(1 + callers.length * (2 / 3));
    for (const [n, connection] of listening.entries()) {
      if (n % 3 === 0) connection.unsubscribe("news");
      else if (n % 3 === 1) world.gateway.closeAccount(connection.accountId, 4500);
      else callers.find((_, m) => idOf(`person ${m}`) === connection.accountId)?.leave();
    }
    await world.hasSockets(callers.length / 3);
    world.published.length = 0;
    for (const { encodeCounts } of [sun, moon]) encodeCounts.clear();
    world.gateway.publish("news", [text]);
    expect(world.published).toEqual(["news"]);
    expect([sun.encodeCounts.size, moon.encodeCounts.size]).toEqual([0, 0]);
    for (const caller of callers) caller.leave();
    await world.hasSockets(0);
    expect(fanout?.otherTopicCount).toBe(0);
  });
});

test("a right that ends leaves nothing to write for, before its connection is closed", async () => {
  const sun = openLines("sun");
  const world = openWorld({ codecs: [sun.offer], dialect: sun });
  const alice = await world.connect("alice", { lifeMs: 1_000 });
  const [held] = world.gateway.connectionsOf(idOf("alice"));
  held?.subscribe("news");
  const { fanout } = (held as SignedInConnection).live;
  expect(fanout.otherTopicCount).toBe(2);
  await world.clock.advance(1_000);
  expect([fanout.otherTopicCount, alice.closeCode]).toEqual([0, null]);
  world.gateway.publish("news", [text]);
  expect(sun.encodeCounts.size).toBe(0);
  await world.close();
});

describe("the fanout by itself", () => {
  class EachTime extends Fanout {
    readonly #format: PushFormat;
    readonly #subscribers: number;

    constructor(usual: PushFormat, format: PushFormat, subscribers: number) {
      super(usual);
      this.#format = format;
      this.#subscribers = subscribers;
    }

    override publish(topic: string, pushes: readonly string[]): void {
      for (let n = 0; n < this.#subscribers; n++) this.#format.encode(pushes);
      super.publish(topic, []);
    }
  }

  let encodedCount: number;
  const counted: PushFormat = {
    name: "counted",
    encode: (pushes) => {
      if (pushes.length > 0) encodedCount++;
      return pushes.join();
    },
  };
  const usual: PushFormat = { name: "usual", encode: (pushes) => pushes.join() };
  beforeEach(() => {
    encodedCount = 0;
  });

  /** Lets fifty subscribe and publishes once. */
  function countEncodes(fanout: Fanout): number {
    const link = { subscribe: () => {}, unsubscribe: () => {} } as never;
    for (let n = 0; n < 50; n++) {
      const subscriber = { link, codec: { formatFor: () => counted }, formats: null };
      fanout.subscribe(subscriber, "news");
      // Once more changes nothing.
      fanout.subscribe(subscriber, "news");
    }
    fanout.publish("news", [text]);
    return encodedCount;
  }

  test("writes a push once, however many listen", () => {
    expect(countEncodes(new Fanout(usual))).toBe(1);
  });

  test("would be found writing it for each of them (planted)", () => {
    expect(countEncodes(new EachTime(usual, counted, 50))).toBe(50);
  });
});

test("what is pushed to an account is written once, however many devices it has", async () => {
  const sun = openLines("sun");
  const world = openWorld({ codecs: [sun.offer], dialect: sun });
  const devices = await Promise.all(Array.from({ length: 5 }, () => world.connect("alice")));
  world.gateway.pushToAccount(idOf("alice"), JSON.parse(text) as Push);
  for (const device of devices) await device.expectPush("match.changed");
  expect([...sun.encodeCounts]).toEqual([["lines:sun", 1]]);
  await world.close();
});
