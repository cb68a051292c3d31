import { afterAll, beforeAll, expect, test } from "bun:test";
import { newKey, openRoomsWorld, type RoomsWorld } from "../fixtures/rooms.fixture.ts";
import type { RoomsDatabase, Sql } from "../ports.ts";

let world: RoomsWorld;
beforeAll(async () => {
  world = await openRoomsWorld();
});
afterAll(() => world.close());

/** A database whose answers about memberships can be held back after they were read. */
function holdableDatabase(db: RoomsDatabase) {
  let held: { reached: () => void; release: Promise<void> } | null = null;
  const sql = new Proxy(db.sql, {
    apply(target, self, args: [TemplateStringsArray, ...unknown[]]) {
      const query: PromiseLike<unknown> = Reflect.apply(target as never, self, args);
      const asksForRights =
        Array.isArray(args[0]) && args[0].join("?").includes("join rooms_members m on m.account_id = p.account_id");
      const hold = asksForRights ? held : null;
      if (hold === null) return query;
      held = null;
      return Promise.resolve(query).then(async (rows) => {
        hold.reached();
        await hold.release;
        return rows;
      });
    },
    get: (target, name) => {
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return {
    db: { ...db, sql: sql as Sql, isWritable: true },
    /** Holds the next answer; resolves to its release once it has been read. */
    hold(): Promise<() => void> {
      return new Promise((resolve) => {
        let release = () => {};
        const released = new Promise<void>((done) => {
          release = done;
        });
        held = { reached: () => resolve(release), release: released };
      });
    },
  };
}

test("who leaves while the right to watch is being read watches nothing, and sees nothing that comes after", async () => {
  const { db, hold } = holdableDatabase(world.database.db);
  const node = await world.openNode({ deps: { db } });
  const accounts = await world.newAccounts(3);
  const { roomId } = await world.newGroup(accounts);
  const [stayer, leaver, phone] = [accounts[0], accounts[1], accounts[1]].map((id) => world.connect(node, id ?? ""));
  const watch = (device = stayer) => device?.run("room.watch", { rooms: [{ roomId, mode: "open" }] });
  await Promise.all([watch(), watch(phone)]);
  const isRead = hold();
  const watching = watch(leaver);
  const again = watch(phone);
  const release = await isRead;
  await phone?.run("room.leave", { roomId });
  await stayer?.expectPush("member.left");
  release();
  expect((await watching)?.goneRoomIds).toEqual([roomId]);
  await again;
  await stayer?.run("message.send", { roomId, clientMessageId: newKey(), text: "뒷말" });
  await stayer?.expectPush("message.sent", ({ message }) => message.kind === "text");
  expect([leaver?.topics.size, phone?.topics.size]).toEqual([0, 0]);
  expect(JSON.stringify([leaver?.received, phone?.received])).not.toContain("뒷말");
});

test("a watch that fails leaves the one before it as it was", async () => {
  const { db } = holdableDatabase(world.database.db);
  let isAway = false;
  const sql = new Proxy(db.sql, {
    apply(target, self, args) {
      if (isAway) throw new Error("the database is away");
      return Reflect.apply(target as never, self, args);
    },
    get: (target, name) => Reflect.get(target, name, target),
  });
  const node = await world.openNode({ deps: { db: { ...db, sql, isWritable: true } } });
  const [a = "", b = ""] = await world.newAccounts(2);
  const roomId = await world.newMatch(await world.openNode(), a, b);
  const [one, two] = [world.connect(node, a), world.connect(node, b)];
  await one.run("room.watch", { rooms: [{ roomId, mode: "open" }] });
  isAway = true;
  await expect(one.run("room.watch", { rooms: [{ roomId, mode: "head" }] })).rejects.toThrow("the database is away");
  isAway = false;
  await two.run("message.send", { roomId, clientMessageId: newKey(), text: "말" });
  expect((await one.expectPush("message.sent")).message.text).toBe("말");
  await one.run("room.unwatch", { roomIds: [roomId] });
  expect(one.topics.size).toBe(0);
});
