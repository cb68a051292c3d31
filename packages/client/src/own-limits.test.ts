import { beforeEach, expect, test } from "bun:test";
import { httpPaths, usualAccountLimits } from "@maru/protocol";
import { settle } from "@maru/testkit";
import { createClient } from "./client.ts";
import { ClientWorld } from "./fixtures/client.fixture.ts";
import { aSync } from "./fixtures/entities.fixture.ts";

let world: ClientWorld;
beforeEach(() => {
  world = new ClientWorld();
});

/** Sends with which limits the server greets from now on. */
function greet(limits: Record<string, number>): void {
  const at = (ms: number) => new Date(world.clock.now() + ms).toISOString();
  const connectionId = `con_${"0".repeat(32)}` as const;
  world.answer("connect", () => ({
    connectionId: connectionId as never,
    heartbeatMs: 25_000,
    tokenExpiresAt: at(600_000),
    serverTime: at(0),
    limits,
  }));
}

const synced = (limits: Record<string, number>) => {
  const answer = aSync();
  return "parts" in answer ? { ...answer, parts: { ...answer.parts, limits: { limits } } } : answer;
};

test("they are the usual ones until the greeting tells others; what the client does not know is left out", async () => {
  greet({ messageCharacters: 9_000, somethingNew: 3, openRooms: 20 });
  const visitor = createClient({ url: "http://maru.example", ...world.ports() });
  expect(visitor.limits.getSnapshot()).toBe(usualAccountLimits);
  const maru = await world.signIn();
  expect(maru.limits.getSnapshot()).toEqual({ ...usualAccountLimits, messageCharacters: 9_000 });
});

test("a push takes their place, and is told once to whoever watches", async () => {
  const maru = await world.signIn();
  let count = 0;
  maru.limits.subscribe(() => count++);
  for (let i = 0; i < 2; i++) world.socket.push({ push: "limits.changed", limits: { messageCharacters: 5_000 } });
  expect([maru.limits.getSnapshot().messageCharacters, count]).toEqual([5_000, 1]);
  expect(() => maru.rooms.send("room_1", "가".repeat(4_001))).not.toThrow();
  world.socket.push({ push: "limits.changed", limits: { ...usualAccountLimits } });
  expect(() => maru.rooms.send("room_1", "가".repeat(4_001))).toThrow();
});

test("an answer that is older than a push changes nothing", async () => {
  const open = Promise.withResolvers<void>();
  world.answer("account.sync", async () => {
    await open.promise;
    return synced({ messageCharacters: 4_000 });
  });
  const maru = await world.signIn();
  world.socket.push({ push: "limits.changed", limits: { messageCharacters: 7_000 } });
  open.resolve();
  await settle();
  expect(maru.limits.getSnapshot().messageCharacters).toBe(7_000);
});

test("whoever signs out leaves theirs behind", async () => {
  world.answer("account.sync", () => synced({ messageCharacters: 7_000 }));
  const maru = await world.signIn();
  await settle();
  expect(maru.limits.getSnapshot().messageCharacters).toBe(7_000);
  world.route(httpPaths.signOut, () => undefined);
  await maru.signOut();
  expect(maru.limits.getSnapshot()).toEqual(usualAccountLimits);
});
