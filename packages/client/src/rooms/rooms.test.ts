import { beforeEach, describe, expect, test } from "bun:test";
import { settle } from "@maru/testkit";
import type { MaruClient } from "../client.ts";
import { MaruClientError } from "../client-error.ts";
import { ClientWorld } from "../fixtures/client.fixture.ts";
import { aSync, roomId } from "../fixtures/entities.fixture.ts";
import { PretendedRoom, shownBy } from "../fixtures/rooms.fixture.ts";

let world: ClientWorld;
let server: PretendedRoom;
let maru: MaruClient;

beforeEach(async () => {
  world = new ClientWorld();
  server = new PretendedRoom(world);
  for (let i = 0; i < 120; i++) server.log.say();
  maru = await world.signIn();
  maru.rooms.open(roomId);
  await settle();
});

const seqs = () => shownBy(maru).messages.map(({ seq }) => seq);
const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

/** Cuts the connection, lets something happen, and waits for the next one. */
async function breakFor(happen: () => void): Promise<void> {
  world.socket.end();
  happen();
  await world.clock.advance(2_000);
}

describe("an open room", () => {
  test("shows the newest page, and older ones when asked for", async () => {
    expect(seqs()).toEqual(span(71, 120));
    await maru.rooms.loadOlder(roomId);
    await maru.rooms.loadOlder(roomId);
    expect(seqs()).toEqual(span(1, 120));
    expect(shownBy(maru).hasOlder).toBe(false);
  });

  test("asks for a change that is missing, once it has not come for a moment", async () => {
    server.log.say();
    server.push(server.log.say());
    expect(seqs().at(-1)).toBe(120);
    await world.clock.advance(150);
    expect(world.socket.commands("room.changes")).toEqual([{ roomId, epoch: "one", rev: 120 }]);
    expect(seqs()).toEqual(span(71, 122));
  });

  test("asks for nothing when what was early is followed by what was late", async () => {
    const first = server.log.say();
    server.push(server.log.say());
    server.push(first);
    await world.clock.advance(1_000);
    expect(world.socket.commands("room.changes")).toEqual([]);
    expect(seqs()).toEqual(span(71, 122));
  });

  test("is watched from the place it holds after a break, and gets what it missed and no more", async () => {
    await breakFor(() => {
      server.log.say();
      server.log.edit(100);
    });
    expect(world.sockets).toHaveLength(2);
    const [watch] = world.socket.commands("room.watch") as { rooms: unknown[] }[];
    expect(watch?.rooms).toEqual([{ roomId, mode: "open", epoch: "one", rev: 120 }]);
    expect(world.socket.commands("message.list")).toEqual([]);
    expect(shownBy(maru).messages).toEqual(server.log.messages.slice(70));
  });

  test("begins with a fresh page when more was missed than is replayed, and says what lies before it", async () => {
    await maru.rooms.loadOlder(roomId);
    server.maxChanges = 10;
    await breakFor(() => {
      for (let i = 0; i < 80; i++) server.log.say();
    });
    expect(seqs()).toEqual(span(151, 200));
    expect(shownBy(maru).hasOlder).toBe(true);
    await maru.rooms.loadOlder(roomId);
    expect(seqs()).toEqual(span(101, 200));
  });

  test("begins anew under another numbering, whatever it held", async () => {
    await breakFor(() => {
      server = new PretendedRoom(world);
      server.epoch = "two";
      for (let i = 0; i < 3; i++) server.log.say({ text: "restored" });
    });
    expect(shownBy(maru).messages).toEqual(server.log.messages);
    expect(shownBy(maru).summary).toMatchObject({ epoch: "two", lastSeq: 3 });
  });

  test("says that it is gone when it may not be read any more", async () => {
    world.answer("room.watch", () => ({ catchUps: [], goneRoomIds: [roomId] }));
    const { room } = maru.rooms.open(roomId);
    await breakFor(() => {});
    expect(room.getSnapshot()).toEqual({ state: "gone" });
  });
});

describe("a reply", () => {
  const extra = { v: 1, reply: { seq: 100 } } as const;

  test("is sent with the message that it answers, and shown with it while it waits", async () => {
    let store = () => {};
    world.answer("message.send", ({ clientMessageId, text }) => {
      return new Promise((resolve) => {
        store = () => resolve({ message: server.store(clientMessageId as string, text as string) });
      });
    });
    maru.rooms.send(roomId, { text: "reply", replyTo: 100 });
    await settle();
    expect(shownBy(maru).unsent).toMatchObject([{ text: "reply", extra }]);
    expect(world.socket.commands("message.send")).toMatchObject([{ roomId, text: "reply", extra }]);
    store();
    await settle();
    maru.rooms.send(roomId, "plain");
    await settle();
    expect(world.socket.commands("message.send").at(-1)).not.toHaveProperty("extra");
    for (const replyTo of [0, -1, 1.5, Number.NaN, 2 ** 31]) {
      expect(() => maru.rooms.send(roomId, { text: "reply", replyTo })).toThrow(
        new MaruClientError({ code: "request.invalid" }),
      );
    }
  });

  test("leads to what it answers, loaded or not, as it is now", async () => {
    server.push(server.log.say({ extra }));
    expect(shownBy(maru).messages.at(-1)?.extra).toEqual(extra);
    expect((await maru.rooms.findMessage(roomId, 100))?.text).toBe(server.log.messages[99]?.text);
    expect(world.socket.commands("message.list")).toEqual([]);
    expect((await maru.rooms.findMessage(roomId, 5))?.text).toBe(server.log.messages[4]?.text);
    expect(world.socket.commands("message.list")).toEqual([{ roomId, after: 4, limit: 1 }]);
    // What is not told to this person is answered by what comes after it.
    world.answer("message.list", () => ({ ...server.list({ after: 5, limit: 1 }) }));
    expect(await maru.rooms.findMessage(roomId, 5)).toBeNull();
  });

  test("of a kind that only a newer server has is a message of which the text is shown", async () => {
    const message = server.log.say({ extra: { v: 1, poll: { choices: ["a"] } } as never });
    server.push(message);
    server.push(server.log.say({ extra: { v: 2 } as never }));
    expect(
      shownBy(maru)
        .messages.slice(-2)
        .map(({ seq, text }) => [seq, text]),
    ).toEqual([
      [121, server.log.messages[120]?.text],
      [122, server.log.messages[121]?.text],
    ]);
  });
});

describe("one's own message", () => {
  test("is shown at once as waiting, then as sent, and once, whether answer or push comes first", async () => {
    for (const isPushFirst of [true, false]) {
      world.answer("message.send", async ({ clientMessageId, text }) => {
        await Promise.resolve();
        const message = server.store(clientMessageId as string, text as string);
        if (isPushFirst) server.push(message);
        else void Promise.resolve().then(() => server.push(message));
        return { message };
      });
      const before = seqs().length;
      maru.rooms.send(roomId, "hello");
      expect(shownBy(maru).unsent.map(({ text, state }) => [text, state])).toEqual([["hello", "sending"]]);
      await settle();
      expect([shownBy(maru).unsent, seqs().length]).toEqual([[], before + 1]);
      expect(shownBy(maru).messages.at(-1)).toMatchObject({ text: "hello" });
    }
  });

  test("said during a break waits, leaves in order with the next connection, and is there once", async () => {
    await breakFor(() => {
      for (const text of ["a", "b", "c"]) maru.rooms.send(roomId, text);
      expect(shownBy(maru).unsent.map(({ state }) => state)).toEqual(["waiting", "waiting", "waiting"]);
    });
    expect(server.log.messages.slice(120).map(({ text }) => text)).toEqual(["a", "b", "c"]);
    expect(shownBy(maru).unsent).toEqual([]);
    expect(seqs()).toEqual(span(71, 123));
  });
});

describe("a jump", () => {
  test("shows the history around a message, and pages on to the newest in both directions", async () => {
    await maru.rooms.jump(roomId, { around: 30 });
    expect(seqs()).toContain(30);
    expect(seqs().at(-1)).toBeLessThan(71);
    expect(shownBy(maru)).toMatchObject({ hasNewer: true, hasOlder: true });
    server.push(server.log.say());
    expect(seqs()).not.toContain(121);
    while (shownBy(maru).hasNewer) await maru.rooms.loadNewer(roomId);
    await maru.rooms.loadOlder(roomId);
    server.push(server.log.say());
    expect(seqs()).toEqual(span(1, 122));
  });

  test("leads to a day, and past the last message to the newest", async () => {
    const day = server.log.messages[39]?.sentAt as string;
    await maru.rooms.jump(roomId, { from: day });
    expect(seqs()[0]).toBe(40);
    await maru.rooms.jump(roomId, { from: "2030-01-01T00:00:00.000Z" });
    expect(seqs()).toEqual(span(71, 120));
    expect(shownBy(maru).hasNewer).toBe(false);
  });

  test("back to the newest takes up what was said meanwhile", async () => {
    await maru.rooms.jump(roomId, { around: 10 });
    server.push(server.log.say());
    await maru.rooms.jump(roomId, {});
    expect(seqs()).toEqual(span(72, 121));
  });

  test("that fails leaves what was shown, and says so", async () => {
    world.answer("message.list", () => {
      throw new MaruClientError({ code: "server.busy" });
    });
    expect(await maru.rooms.jump(roomId, { around: 10 }).catch((error) => error.code)).toBe("server.busy");
    expect(seqs()).toEqual(span(71, 120));
  });
});

describe("reading", () => {
  test("is shown at once, and told once for a moment of scrolling: the furthest", async () => {
    world.answer("room.read", ({ seq }) => ({ readSeq: seq as number, readOrd: seq as number }));
    for (const seq of [100, 110, 105]) maru.rooms.markRead(roomId, seq);
    expect(shownBy(maru).summary).toMatchObject({ readSeq: 110, readOrd: 110 });
    expect(maru.rooms.list.getSnapshot().unreadCount).toBe(10);
    await world.clock.advance(250);
    expect(world.socket.commands("room.read")).toEqual([{ roomId, seq: 110 }]);
  });

  test("without a connection is told by the next one", async () => {
    world.answer("room.read", ({ seq }) => ({ readSeq: seq as number, readOrd: seq as number }));
    await breakFor(() => maru.rooms.markRead(roomId, 120));
    expect(world.socket.commands("room.read")).toEqual([{ roomId, seq: 120 }]);
  });

  test("that the server could not take is told again, and what it refuses for good is not", async () => {
    let code: "server.unavailable" | "room.not_found" = "server.unavailable";
    world.answer("room.read", () => {
      throw new MaruClientError({ code });
    });
    maru.rooms.markRead(roomId, 120);
    await world.clock.advance(3_000);
    expect(world.socket.commands("room.read")).toHaveLength(2);
    code = "room.not_found";
    await world.clock.advance(20_000);
    expect(world.socket.commands("room.read")).toHaveLength(3);
  });
});

describe('a mark "unread"', () => {
  const isMarked = () => shownBy(maru).summary.markedUnread;
  const reads = () => world.sockets.flatMap((socket) => socket.commands("room.read"));
  /** What the server tells of the room since another device has read all of it and marked it. */
  const marked = (accountRev: number) => ({
    ...server.summary(),
    readSeq: 120,
    readOrd: 120,
    markedUnread: true,
    accountRev,
  });
  const markElsewhere = (accountRev = 5) =>
    world.socket.push({ push: "membership.changed", accountEpoch: "one", accountRev, room: marked(accountRev) });

  beforeEach(async () => {
    world.answer("room.read", ({ seq }) => ({ readSeq: seq as number, readOrd: seq as number }));
    maru.rooms.markRead(roomId, 120);
    await world.clock.advance(1_000);
  });

  test("from another device is shown, and stays when what lies before the cursor is seen once more", async () => {
    markElsewhere();
    maru.rooms.markRead(roomId, 100);
    await world.clock.advance(1_000);
    expect(isMarked()).toBe(true);
    expect(reads()).toHaveLength(1);
  });

  test("ends when the cursor is reached again, as by opening the room", async () => {
    markElsewhere();
    maru.rooms.markRead(roomId, 120);
    expect(isMarked()).toBe(false);
    await world.clock.advance(1_000);
    expect(reads().at(-1)).toEqual({ roomId, seq: 120 });
    expect(reads()).toHaveLength(2);
  });

  test("ends when what came after it is read", async () => {
    markElsewhere();
    server.push(server.log.say());
    maru.rooms.markRead(roomId, 121);
    expect(isMarked()).toBe(false);
  });

  test("is not ended by what this device had read before, without network, and tells only now", async () => {
    server.push(server.log.say());
    server.push(server.log.say());
    world.socket.end();
    maru.rooms.markRead(roomId, 121);
    const room = { ...server.summary(), readSeq: 122, readOrd: 122, markedUnread: true, accountRev: 9 };
    world.answer("account.sync", () => aSync({ toRev: 9, reset: false, rooms: [room] }));
    await world.clock.advance(3_000);
    expect(isMarked()).toBe(true);
    expect(reads()).toHaveLength(1);
  });
});
