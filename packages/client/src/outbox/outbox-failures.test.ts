import { beforeEach, describe, expect, test } from "bun:test";
import { settle } from "@maru/testkit";
import { MaruClientError, unreachable } from "../client-error.ts";
import { roomId } from "../fixtures/entities.fixture.ts";
import { OutboxWorld, type Send } from "../fixtures/outbox.fixture.ts";
import type { Outbox } from "./outbox.ts";

let world: OutboxWorld;

beforeEach(() => {
  world = new OutboxWorld();
});

const texts = (sends: readonly Send[]) => sends.map(({ text }) => text);
const states = (outbox: Outbox) => outbox.list(roomId).map(({ text, state }) => `${text} ${state}`);

describe("a send that went wrong", () => {
  test("goes again under the same key after a lost answer, and is stored once", async () => {
    const { outbox } = await world.openTab();
    let losesAnswer = true;
    world.server.fate = (_, store) => {
      const message = store();
      if (losesAnswer) throw unreachable();
      return message;
    };
    outbox.add(roomId, "a");
    outbox.add(roomId, "b");
    await settle();
    expect(states(outbox)).toEqual(["a waiting", "b waiting"]);
    losesAnswer = false;
    await world.clock.advance(1_000);
    expect(texts(world.server.sends)).toEqual(["a", "a", "b"]);
    expect(new Set(world.server.sends.slice(0, 2).map(({ key }) => key)).size).toBe(1);
    expect(texts(world.server.stored)).toEqual(["a", "b"]);
  });

  test("waits longer each time, up to half a minute, and nothing of the room overtakes it", async () => {
    const { outbox } = await world.openTab();
    world.server.fate = () => Promise.reject(new MaruClientError({ code: "server.busy" }));
    outbox.add(roomId, "a");
    outbox.add(roomId, "b");
    await settle();
    const pauses: number[] = [];
    for (let tries = 1; tries < 9; tries++) {
      const from = world.clock.monotonic();
      while (world.server.sends.length === tries) await world.clock.advance(100);
      pauses.push(world.clock.monotonic() - from);
    }
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
    expect(new Set(texts(world.server.sends))).toEqual(new Set(["a"]));
  });

  test("waits as long as the server says", async () => {
    const { outbox } = await world.openTab();
    world.server.fate = () => Promise.reject(new MaruClientError({ code: "rate.limited", retryAfterMs: 7_000 }));
    outbox.add(roomId, "a");
    await world.clock.advance(6_900);
    expect(world.server.sends).toHaveLength(1);
    await world.clock.advance(100);
    expect(world.server.sends).toHaveLength(2);
  });

  test("for good is marked with the reason, lets the next one pass, and goes again when the person says so", async () => {
    const { outbox } = await world.openTab();
    world.server.fate = (send, store) => {
      if (send.text === "too long") throw new MaruClientError({ code: "message.too_long", params: { max: 4_000 } });
      return store();
    };
    const key = outbox.add(roomId, "too long");
    outbox.add(roomId, "b");
    await settle();
    expect(outbox.list(roomId)).toMatchObject([
      { text: "too long", state: "failed", error: { code: "message.too_long", params: { max: 4_000 } } },
    ]);
    expect(texts(world.server.stored)).toEqual(["b"]);
    world.server.fate = (_, store) => store();
    outbox.retry(key);
    await settle();
    expect(world.server.stored).toEqual([expect.objectContaining({ text: "b" }), expect.objectContaining({ key })]);
    expect(outbox.list(roomId)).toEqual([]);
  });

  test("is deleted when the person says so, and not while it is on its way", async () => {
    const { outbox } = await world.openTab();
    world.server.fate = () => Promise.reject(new MaruClientError({ code: "room.closed" }));
    outbox.discard(outbox.add(roomId, "a"));
    expect(states(outbox)).toEqual(["a sending"]);
    await settle();
    outbox.discard(outbox.list(roomId)[0]?.clientMessageId ?? "");
    expect(outbox.list(roomId)).toEqual([]);
    await world.clock.advance(60_000);
    expect(world.server.sends).toHaveLength(1);
  });

  test("whose message was seen in the room is done, although its answer never came", async () => {
    const { outbox } = await world.openTab();
    world.server.fate = (send, store) => {
      store();
      outbox.confirm(send.key);
      throw unreachable();
    };
    outbox.add(roomId, "a");
    outbox.add(roomId, "b");
    await world.clock.advance(60_000);
    expect(texts(world.server.sends)).toEqual(["a", "b"]);
  });
});
