import { expect, test } from "bun:test";
import { type Entry, History } from "./history.ts";
import type { Stored } from "./stored.ts";
import { checkHistory, type FinalView, type Verdict } from "./verdict.ts";

const roomId = "room_1";
const stored: Stored = new Map([
  [
    roomId,
    [
      { seq: 1, key: "a" },
      { seq: 2, key: "b" },
      { seq: 3, key: "c" },
    ],
  ],
]);
const views: FinalView[] = [{ client: 0, roomId, messages: stored.get(roomId) ?? [] }];

const attempted = (key: string): Entry => ({ is: "attempted", client: 0, roomId, key });
const acked = (key: string, seq: number): Entry => ({ is: "acked", client: 0, roomId, key, seq, tookMs: 1 });
const shown = (seq: number, key: string): Entry => ({ is: "shown", client: 0, roomId, seq, key });
const pushed = (rev: number): Entry => ({ is: "pushed", client: 0, connection: 1, roomId, epoch: "e", rev });
const caughtUp = (toRev: number, heldRev: number, reset = false): Entry => ({
  is: "caught_up",
  client: 0,
  connection: 1,
  roomId,
  by: "room.watch",
  held: { epoch: "e", rev: heldRev },
  reset,
  epoch: "e",
  toRev,
});

/** What a client was told when all was well. */
const sound: Entry[] = [
  { ...caughtUp(0, 0), held: { epoch: "none", rev: 0 }, reset: true } as Entry,
  { is: "shown_afresh", client: 0, roomId, seq: 1 },
  attempted("a"),
  attempted("b"),
  attempted("c"),
  pushed(1),
  shown(1, "a"),
  acked("a", 1),
  pushed(2),
  shown(2, "b"),
  acked("b", 2),
  pushed(3),
  shown(3, "c"),
  acked("c", 3),
];

function verdictOf(entries: readonly Entry[], end: Stored = stored, seen: readonly FinalView[] = views): Verdict {
  const history = new History();
  for (const entry of entries) history.record(entry);
  return checkHistory(history.entries, end, seen);
}

const without = (keep: (entry: Entry) => boolean) => sound.filter(keep);
const nothing = { lost: 0, doubled: 0, orderMismatches: 0, unexplainedResets: 0, refused: 0, faults: [] };

test("a history in which all was well has no fault", () => {
  expect(verdictOf(sound)).toMatchObject({ ...nothing, attempted: 3, acked: 3, shown: 3 });
});

test("an acknowledged send that is not stored is lost, and so is one that was only said", () => {
  const end: Stored = new Map([[roomId, (stored.get(roomId) ?? []).slice(0, 2)]]);
  expect(verdictOf(sound, end, []).lost).toBeGreaterThan(0);
  expect(verdictOf([...sound, attempted("d")]).lost).toBe(1);
});

test("a key that is stored twice, or acknowledged with two numbers, is doubled", () => {
  const end: Stored = new Map([[roomId, [...(stored.get(roomId) ?? []), { seq: 4, key: "c" }]]]);
  expect(verdictOf(sound, end, []).doubled).toBe(1);
  expect(verdictOf([...sound, acked("c", 4)]).doubled).toBe(1);
});

test("what nobody said is not stored", () => {
  const end: Stored = new Map([[roomId, [...(stored.get(roomId) ?? []), { seq: 4, key: "x" }]]]);
  expect(verdictOf(sound, end, []).doubled).toBe(1);
});

test("a hole in the database, on the screen, or among the pushes is found", () => {
  const end: Stored = new Map([[roomId, (stored.get(roomId) ?? []).filter(({ seq }) => seq !== 2)]]);
  expect(verdictOf(sound, end, []).orderMismatches).toBeGreaterThan(0);
  expect(verdictOf(without((entry) => entry.is !== "shown" || entry.seq !== 2)).orderMismatches).toBe(1);
  expect(verdictOf(without((entry) => entry.is !== "pushed" || entry.rev !== 2)).orderMismatches).toBe(1);
});

test("a message that is shown again, or another one in its place, is found", () => {
  expect(verdictOf([...sound, shown(3, "c")]).doubled).toBe(1);
  expect(
    verdictOf(sound.map((entry) => (entry.is === "shown" && entry.seq === 3 ? shown(3, "x") : entry))),
  ).toMatchObject({
    orderMismatches: 1,
  });
});

test("a push that comes again is found, unless it was on its way when the watch was answered", () => {
  expect(verdictOf([...sound, pushed(3)]).orderMismatches).toBe(1);
  expect(verdictOf([...sound, caughtUp(3, 3), pushed(3)]).orderMismatches).toBe(0);
});

test("a client that is told where the room stands may go on from there", () => {
  const advanced: Entry = { is: "advanced", client: 0, connection: 1, roomId, rev: 700 };
  expect(verdictOf([...sound, advanced, pushed(701)]).orderMismatches).toBe(0);
  expect(verdictOf([...sound, pushed(701)]).orderMismatches).toBe(1);
});

test("two sends of one person in the wrong order are found", () => {
  const swapped = sound.map((entry) =>
    entry.is !== "attempted" || entry.key === "c" ? entry : attempted(entry.key === "a" ? "b" : "a"),
  );
  expect(verdictOf(swapped).orderMismatches).toBe(1);
});

test("a person who does not see the newest in the end has lost something", () => {
  const messages = (stored.get(roomId) ?? []).slice(0, 2);
  expect(verdictOf(sound, stored, [{ client: 0, roomId, messages }]).lost).toBe(1);
});

test("a reset is explained by too much missed or another numbering, and by nothing else", () => {
  expect(verdictOf([...sound, caughtUp(3, 1, true)])).toMatchObject({ resets: 1, unexplainedResets: 1 });
  const far: Entry = { ...(caughtUp(900, 100, true) as Entry & { is: "caught_up" }) };
  expect(verdictOf([...sound, far])).toMatchObject({ resets: 1, unexplainedResets: 0 });
  const renumbered = { ...(caughtUp(3, 1, true) as Entry & { is: "caught_up" }), epoch: "f" };
  expect(verdictOf([...sound, renumbered])).toMatchObject({ resets: 1, unexplainedResets: 0 });
});

test("a history that begins anew has a reset before it", () => {
  const afresh: Entry = { is: "shown_afresh", client: 0, roomId, seq: 3 };
  expect(verdictOf([...sound, afresh]).orderMismatches).toBe(1);
});
