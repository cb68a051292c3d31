import { beforeEach, expect, test } from "bun:test";
import type { RoomId, RoomSummary } from "@maru/protocol";
import { settle } from "@maru/testkit";
import type { MaruClient } from "../client.ts";
import { MaruClientError } from "../client-error.ts";
import { ClientWorld } from "../fixtures/client.fixture.ts";
import { aMessage, aRoom, aSync, roomId } from "../fixtures/entities.fixture.ts";

const asideId = `room_${"0".repeat(31)}2` as RoomId;
const mutedId = `room_${"0".repeat(31)}3` as RoomId;

let world: ClientWorld;
let maru: MaruClient;
let archive: RoomSummary[];

beforeEach(async () => {
  world = new ClientWorld();
  archive = [
    aRoom({ id: asideId, archived: true, rev: 4, lastSeq: 4, lastOrd: 4, readSeq: 4, readOrd: 4 }),
    aRoom({ id: mutedId, archived: true, muted: true, rev: 9, lastSeq: 9, lastOrd: 9 }),
  ];
  world.answer("account.sync", () => aSync({ rooms: [aRoom({ rev: 2, lastSeq: 2, lastOrd: 2 })] }));
  world.answer("room.watch", () => ({ catchUps: [], goneRoomIds: [] }));
  world.answer("room.list", ({ archived }) => ({ rooms: archived ? archive : [] }));
  world.answer("room.read", ({ seq }) => ({ readSeq: seq as number, readOrd: seq as number }));
  maru = await world.signIn();
  await settle();
});

const shown = () => maru.rooms.list.getSnapshot();

/** Sends a message in an archived room, as those hear it who have it in a list. */
function say(id: RoomId, seq: number): void {
  const lastMessage = aMessage({ seq });
  world.socket.push({
    push: "room.advanced",
    roomId: id,
    epoch: "one",
    rev: seq,
    lastSeq: seq,
    lastOrd: seq,
    lastMessage,
  });
}

test("the archive is heard of without being asked for, and stays out of the list and its count", () => {
  expect(shown().rooms.map(({ id }) => id)).toEqual([roomId]);
  expect(shown().unreadCount).toBe(2);
  expect(
    shown()
      .archivedRooms.map(({ id }) => id)
      .sort(),
  ).toEqual([asideId, mutedId]);
  const watched = world.socket.commands("room.watch").flatMap(({ rooms }) => rooms as { roomId: string }[]);
  expect(watched.map((watch) => watch.roomId)).toContain(asideId);
});

test("a new message in an archived room is told with its number; muted rooms do not count", () => {
  expect(shown().archivedNews).toEqual({ roomCount: 0, unreadCount: 0 });
  say(mutedId, 10);
  expect(shown().archivedNews).toEqual({ roomCount: 0, unreadCount: 0 });
  say(asideId, 5);
  say(asideId, 6);
  expect(shown().archivedNews).toEqual({ roomCount: 1, unreadCount: 2 });
  expect(shown().unreadCount).toBe(2);
});

test("it is over when it is read", () => {
  say(asideId, 5);
  maru.rooms.markRead(asideId, 5);
  expect(shown().archivedNews).toEqual({ roomCount: 0, unreadCount: 0 });
});

test("it is over when the room comes back to the list, also from another device", () => {
  say(asideId, 5);
  const back = { ...aRoom({ id: asideId, rev: 5, lastSeq: 5, lastOrd: 5, readSeq: 4, readOrd: 4 }), accountRev: 3 };
  world.socket.push({ push: "membership.changed", accountEpoch: "one", accountRev: 3, room: back });
  expect(shown().archivedNews).toEqual({ roomCount: 0, unreadCount: 0 });
  expect(shown().archivedRooms.map(({ id }) => id)).toEqual([mutedId]);
  expect(shown().unreadCount).toBe(3);
});

test("what was said before the page was opened is told too", async () => {
  archive = [aRoom({ id: asideId, archived: true, rev: 7, lastSeq: 7, lastOrd: 7, readSeq: 4, readOrd: 4 })];
  world.socket.end();
  await world.clock.advance(2_000);
  expect(shown().archivedNews).toEqual({ roomCount: 1, unreadCount: 3 });
});

test("an archive that could not be read is asked for with the next connection, and keeps nothing else from working", async () => {
  world.answer("room.list", () => {
    throw new MaruClientError({ code: "server.busy" });
  });
  world.socket.end();
  await world.clock.advance(2_000);
  expect(shown()).toMatchObject({ state: "ready", archivedRooms: [] });
  world.answer("room.list", () => ({ rooms: archive }));
  world.socket.end();
  await world.clock.advance(5_000);
  expect(shown().archivedRooms).toHaveLength(2);
});
