import { beforeEach, expect, test } from "bun:test";
import { settle } from "@maru/testkit";
import { MaruClientError } from "./client-error.ts";
import { ClientWorld } from "./fixtures/client.fixture.ts";
import { aRoom, aSync } from "./fixtures/entities.fixture.ts";

let world: ClientWorld;

beforeEach(() => {
  world = new ClientWorld();
});

/** Cuts the connection and waits for the next one. */
async function reconnect(): Promise<void> {
  world.socket.end();
  await world.clock.advance(2_000);
}

const asked = () => world.socket.commands("account.sync");

test("the first question asks for each part afresh, the next ones for what changed since the answer", async () => {
  await world.signIn();
  expect(asked()).toEqual([{ parts: { rooms: null, matching: null, limits: null } }]);
  await reconnect();
  const parts = { rooms: [{ id: "list", since: "heads" }], matching: [], limits: null };
  expect(asked()).toEqual([{ account: { epoch: "one", rev: 1 }, parts }]);
});

test("a part that the server left out is asked for afresh the next time", async () => {
  world.answer("account.sync", () => ({
    epoch: "one",
    toRev: 4,
    parts: { rooms: { reset: true, since: "7", rooms: [] } },
  }));
  await world.signIn();
  await reconnect();
  const parts = { rooms: [{ id: "list", since: "7" }], matching: null, limits: null };
  expect(asked()).toEqual([{ account: { epoch: "one", rev: 4 }, parts }]);
});

test("a part that is shown later is asked for by itself, and moves no other part's place", async () => {
  world.answer("account.sync", ({ parts }) => {
    if (!("presence" in (parts as object))) return aSync();
    return { epoch: "one", toRev: 9, parts: { presence: { presence: "online" } } };
  });
  const maru = await world.signIn();
  maru.ownPresence.subscribe(() => {});
  await settle();
  expect(asked().at(-1)).toEqual({ account: { epoch: "one", rev: 1 }, parts: { presence: null } });
  expect(maru.ownPresence.getSnapshot()).toBe("online");
  await reconnect();
  const parts = { rooms: [{ id: "list", since: "heads" }], matching: [], limits: null, presence: [] };
  expect(asked()).toEqual([{ account: { epoch: "one", rev: 1 }, parts }]);
});

test("a part that is shown while the first answer is on its way keeps no other from its place", async () => {
  const first = Promise.withResolvers<void>();
  world.answer("account.sync", async ({ parts }) => {
    if ("presence" in (parts as object)) return { epoch: "one", toRev: 2, parts: { presence: { presence: "online" } } };
    await first.promise;
    return aSync();
  });
  const maru = await world.signIn();
  expect(asked()).toHaveLength(1);
  maru.ownPresence.subscribe(() => {});
  await settle();
  first.resolve();
  await settle();
  await reconnect();
  const parts = { rooms: [{ id: "list", since: "heads" }], matching: [], limits: null, presence: [] };
  expect(asked()).toEqual([{ account: { epoch: "one", rev: 1 }, parts }]);
});

test("the answer of a server that knows no parts is taken as those that it has", async () => {
  const match = { state: "waiting", requestedAt: "2026-01-01T00:00:00.000Z" } as const;
  const rooms = [aRoom({ rev: 2, lastSeq: 2, lastOrd: 2 })];
  const told = { heads: "77", reset: true, rooms, catchUps: [], goneRoomIds: [], match };
  world.answer("account.sync", () => ({ epoch: "one", toRev: 3, ...told }));
  const maru = await world.signIn();
  expect(maru.rooms.list.getSnapshot().rooms.map(({ id }) => id)).toEqual(rooms.map(({ id }) => id));
  expect(maru.match.snapshot.getSnapshot()).toEqual(match);
  await reconnect();
  expect(asked()).toEqual([
    { account: { epoch: "one", rev: 3 }, parts: { rooms: [{ id: "list", since: "77" }], matching: [], limits: null } },
  ]);
});

test("what could not be asked is asked again on the same connection, and the list says that it failed", async () => {
  let isAway = true;
  world.answer("account.sync", () => {
    if (isAway) throw new MaruClientError({ code: "server.unavailable" });
    return aSync();
  });
  const maru = await world.signIn();
  expect(maru.rooms.list.getSnapshot().state).toBe("failed");
  isAway = false;
  await world.clock.advance(1_500);
  expect([world.sockets.length, asked().length, maru.rooms.list.getSnapshot().state]).toEqual([1, 2, "ready"]);
});

test("nothing of one account is given to the server for another", async () => {
  const maru = await world.signIn();
  world.route("/api/auth/sign-out", () => undefined);
  await maru.signOut();
  await maru.signIn({ email: "b@maru.example", password: "hanok-floor-4" });
  await settle();
  expect(asked()).toEqual([{ parts: { rooms: null, matching: null, limits: null } }]);
});
