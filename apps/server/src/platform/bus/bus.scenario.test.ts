import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { eventually, requires, settle } from "@maru/testkit";
import { type HelperProcess, startNats, startRedis } from "../../testing/helper-process.ts";
import { silentLog } from "../log.ts";
import { StartError } from "../start-error.ts";
import { type Bus, maxUnansweredBytes } from "./bus.ts";
import { MemoryHub } from "./memory-bus.ts";
import { openBus } from "./open-bus.ts";

setDefaultTimeout(20_000);

/** Makes buses of nodes that receive from each other. */
type World = { readonly connect: () => Promise<Bus> };

/** Everything that the product relies on, whatever carries it. */
function keepsTheContract(openWorld: () => Promise<World>): void {
  let world: World;
  const open: Bus[] = [];
  beforeAll(async () => {
    world = await openWorld();
  });
  afterEach(async () => {
    for (const bus of open.splice(0)) await bus.close();
  });
  const connect = async () => {
    const bus = await world.connect();
    open.push(bus);
    return bus;
  };
  const connectTwo = async () => [await connect(), await connect()] as const;

  test("others hear what is published, in order, as it was written; its publisher does not", async () => {
    const [one, two] = await connectTwo();
    const received: string[] = [];
    const echoed: string[] = [];
    await two.subscribe("room.a", (payload) => received.push(payload));
    await one.subscribe("room.a", (payload) => echoed.push(payload));
    const said = ["", "안녕 👋", 'a "b"\n\0c', ...Array.from({ length: 500 }, (_, i) => `${i}`), "x".repeat(200_000)];
    for (const payload of said) one.publish("room.a", payload);
    await eventually("all are heard", () => received.length === said.length);
    two.publish("room.a", "back");
    await eventually("the answer is heard", () => echoed.length > 0);
    expect(received).toEqual(said);
    expect(echoed).toEqual(["back"]);
  });

  test("a subscription hears its own subject alone, until it is ended", async () => {
    const [one, two] = await connectTwo();
    const received: string[] = [];
    const end = await two.subscribe("room.a", (payload) => received.push(`a:${payload}`));
    await two.subscribe("room.b", (payload) => received.push(`b:${payload}`));
    one.publish("room", "no");
    one.publish("room.a.x", "no");
    one.publish("room.a", "1");
    await eventually("the first is heard", () => received.length === 1);
    await end();
    await end();
    one.publish("room.a", "2");
    one.publish("room.b", "3");
    await eventually("the last is heard", () => received.includes("b:3"));
    expect(received).toEqual(["a:1", "b:3"]);
  });

  test("two subscriptions of one node to one subject both hear, and end one by one", async () => {
    const [one, two] = await connectTwo();
    const received: string[] = [];
    const endFirst = await two.subscribe("room.a", (payload) => received.push(`first:${payload}`));
    await two.subscribe("room.a", (payload) => received.push(`second:${payload}`));
    one.publish("room.a", "1");
    await eventually("both have heard", () => received.length === 2);
    await endFirst();
    one.publish("room.a", "2");
    await eventually("the second hears on", () => received.includes("second:2"));
    expect(received.toSorted()).toEqual(["first:1", "second:1", "second:2"]);
  });

  test("a handler that throws keeps nobody else from hearing", async () => {
    const [one, two] = await connectTwo();
    const received: string[] = [];
    await two.subscribe("room.a", () => {
      throw new Error("a fault of this listener");
    });
    await two.subscribe("room.a", (payload) => received.push(payload));
    one.publish("room.a", "1");
    one.publish("room.a", "2");
    await eventually("the other hears", () => received.length === 2);
    expect(received).toEqual(["1", "2"]);
  });

  test("publishing waits for nobody", async () => {
    const [one, two] = await connectTwo();
    let isHeard = false;
    await two.subscribe("room.a", () => {
      isHeard = true;
    });
    one.publish("room.a", "1");
    expect(isHeard).toBe(false);
    await eventually("it is heard", () => isHeard);
  });

  test("it answers a ping until it is closed, and may be closed twice", async () => {
    const bus = await connect();
    expect(await bus.ping()).toBe(true);
    await bus.close();
    await bus.close();
    bus.publish("room.a", "into the void");
    await settle();
  });
}

/** What holds where a program lies in between: it may go, and come back. */
function survivesItsBroker(start: () => Promise<HelperProcess>, scheme: string): void {
  let broker: HelperProcess;
  beforeAll(async () => {
    broker = await start();
  });
  afterAll(() => broker.stop());
  const urlOf = () => `${scheme}://127.0.0.1:${broker.port}`;

  keepsTheContract(async () => ({ connect: () => openBus(urlOf(), { log: silentLog }) }));

  test("a broker that is killed and comes back: known to be away, nothing kept, subscriptions made again, listeners told", async () => {
    const [one, two] = await Promise.all([urlOf(), urlOf()].map((url) => openBus(url, { log: silentLog })));
    if (!one || !two) throw new Error("two buses are expected");
    const received: string[] = [];
    let backCount = 0;
    await two.subscribe("room.a", (payload) => received.push(payload));
    two.onReconnect(() => backCount++);
    one.publish("room.a", "before");
    await eventually("it is heard", () => received.length === 1);
    expect(backCount).toBe(0);

    await broker.kill();
    await eventually("both know that it is away", async () => !(await one.ping()) && !(await two.ping()));
    Bun.gc(true);
    const before = process.memoryUsage().heapUsed + process.memoryUsage().external;
    for (let round = 0; round < 20; round++) {
      for (let i = 0; i < 1_000; i++) one.publish("room.a", `lost ${"x".repeat(2_000)}`);
      await settle();
    }
    Bun.gc(true);
    const grown = process.memoryUsage().heapUsed + process.memoryUsage().external - before;
    expect(grown).toBeLessThan(10_000_000);
    // Made while it is away: in force once it is back.
    const late = two.subscribe("room.b", (payload) => received.push(payload));

    await broker.start();
    await eventually("the listener is told", () => backCount > 0);
    await eventually("both are well", async () => (await one.ping()) && (await two.ping()));
    await late;
    await eventually("both subjects are heard", () => {
      one.publish("room.a", "after a");
      one.publish("room.b", "after b");
      return received.includes("after a") && received.includes("after b");
    });
    expect(received.filter((payload) => payload.startsWith("lost"))).toEqual([]);
    expect(backCount).toBe(1);
    await Promise.all([one.close(), two.close()]);
  });

  test("a broker that freezes: bounded memory, known to be away, heard again when it goes on", async () => {
    const [one, two] = await Promise.all([urlOf(), urlOf()].map((url) => openBus(url, { log: silentLog })));
    if (!one || !two) throw new Error("two buses are expected");
    const received: string[] = [];
    await two.subscribe("room.a", (payload) => received.push(payload.slice(0, 5)));
    process.kill(broker.pid, "SIGSTOP");
    for (let i = 0; i < 600; i++) one.publish("room.a", `early ${"x".repeat(100_000)}`);
    expect(await one.ping()).toBe(false);
    process.kill(broker.pid, "SIGCONT");
    await eventually("it is well", () => one.ping());
    await eventually("it is heard again", () => {
      one.publish("room.a", "after");
      return received.includes("after");
    });
    const early = received.filter((payload) => payload === "early").length;
    expect(early).toBeLessThanOrEqual(maxUnansweredBytes / 100_000 + 1);
    await Promise.all([one.close(), two.close()]);
  });

  test("a broker that is not there at the start is said in words, without its password", async () => {
    const url = `${scheme}://maru:hush@127.0.0.1:1`;
    const error: unknown = await openBus(url, { log: silentLog }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StartError);
    expect(String(error)).toContain("127.0.0.1:1");
    expect(String(error)).not.toContain("hush");
  });
}

describe("the bus of one process", () => {
  keepsTheContract(async () => {
    const hub = new MemoryHub();
    return { connect: async () => hub.connect() };
  });
});

requires("nats-server").describe("the bus over NATS", () => survivesItsBroker(startNats, "nats"));
requires("redis-server").describe("the bus over Redis", () => survivesItsBroker(startRedis, "redis"));
