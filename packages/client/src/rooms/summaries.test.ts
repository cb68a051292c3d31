import { describe, expect, test } from "bun:test";
import { aMember, aMessage, aRoom, otherId, selfId } from "../fixtures/entities.fixture.ts";
import { compareRooms, countUnread, isListed, mergeSummaries, withMember, withMessage } from "./summaries.ts";

describe("two accounts of one room are joined:", () => {
  test("the room's part from the later change of the room, one's own from the later change of one's own", () => {
    const held = aRoom({ rev: 5, lastSeq: 5, lastOrd: 5, accountRev: 9, pinned: true });
    const came = aRoom({ rev: 7, lastSeq: 7, lastOrd: 7, accountRev: 8, pinned: false });
    expect(mergeSummaries(held, came)).toMatchObject({ rev: 7, lastSeq: 7, accountRev: 9, pinned: true });
    expect(mergeSummaries(came, held)).toMatchObject({ rev: 7, lastSeq: 7, accountRev: 9, pinned: true });
  });

  test("the read cursor never goes back", () => {
    const held = aRoom({ readSeq: 5, readOrd: 4, accountRev: 1 });
    const came = aRoom({ readSeq: 3, readOrd: 3, accountRev: 2 });
    expect(mergeSummaries(held, came)).toMatchObject({ readSeq: 5, readOrd: 4, accountRev: 2 });
  });

  test("a hidden room comes up with something new, and stays hidden by what is known", () => {
    const hidden = aRoom({ hidden: true, lastOrd: 5, rev: 5, accountRev: 3 });
    expect(mergeSummaries(hidden, aRoom({ lastOrd: 6, rev: 6, accountRev: 2 })).hidden).toBe(false);
    expect(mergeSummaries(hidden, aRoom({ lastOrd: 5, rev: 5, accountRev: 2 })).hidden).toBe(true);
  });

  test("of another numbering what came is all that counts", () => {
    const came = aRoom({ epoch: "two", rev: 1, readSeq: 0 });
    expect(mergeSummaries(aRoom({ rev: 9, readSeq: 9 }), came)).toBe(came);
  });

  test("nobody posts in a room that is closed or was left", () => {
    expect(mergeSummaries(aRoom({ rev: 1 }), aRoom({ rev: 2, state: "closed", canPost: false })).canPost).toBe(false);
    expect(mergeSummaries(aRoom(), aRoom({ accountRev: 1, membership: "left", canPost: false })).canPost).toBe(false);
  });
});

describe("a message", () => {
  test("of somebody else is unread; one's own takes the cursor along", () => {
    const room = aRoom({ lastSeq: 2, lastOrd: 2, readSeq: 2, readOrd: 2 });
    expect(countUnread(withMessage(room, aMessage({ seq: 3 })))).toBe(1);
    expect(countUnread(withMessage(room, aMessage({ seq: 3, authorId: selfId })))).toBe(0);
  });

  test("that is edited changes the preview and neither counters nor place in the list", () => {
    const last = aMessage({ seq: 2 });
    const room = aRoom({ lastSeq: 2, lastOrd: 2, rev: 2, lastMessage: last });
    const edited = withMessage(room, { ...last, rev: 3, text: "edited" });
    expect(edited).toMatchObject({ rev: 3, lastSeq: 2, activeAt: room.activeAt, lastMessage: { text: "edited" } });
  });

  test("that is not the last changes nothing", () => {
    const room = aRoom({ lastSeq: 5 });
    expect(withMessage(room, aMessage({ seq: 4, rev: 9 }))).toBe(room);
  });
});

test("a member is put in place of itself, or added", () => {
  const left = withMember(aRoom(), aMember({ state: "left" }));
  expect(left.members.map(({ id, state }) => [id, state])).toEqual([
    [selfId, "active"],
    [otherId, "left"],
  ]);
  const third = aMember({ id: `mem_${"0".repeat(31)}c` as typeof otherId });
  expect(withMember(left, third).members).toHaveLength(3);
});

test("the list has the pinned first, then what waits for the person, then what was active last", () => {
  const day = (n: number) => `2026-01-0${n}T00:00:00.000Z`;
  const names = {
    old: aRoom({ name: "old", activeAt: day(1) }),
    muted: aRoom({ name: "muted", activeAt: day(5), lastOrd: 3, muted: true }),
    unread: aRoom({ name: "unread", activeAt: day(2), lastOrd: 1 }),
    marked: aRoom({ name: "marked", activeAt: day(3), markedUnread: true }),
    pinned: aRoom({ name: "pinned", activeAt: day(1), pinned: true }),
  };
  const sorted = Object.values(names)
    .sort(compareRooms)
    .map(({ name }) => name);
  expect(sorted).toEqual(["pinned", "marked", "unread", "muted", "old"]);
});

test("hidden, archived and left rooms do not stand in the list", () => {
  const rooms = [aRoom(), aRoom({ hidden: true }), aRoom({ archived: true }), aRoom({ membership: "left" })];
  expect(rooms.map(isListed)).toEqual([true, false, false, false]);
});
