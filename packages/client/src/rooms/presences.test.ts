import { expect, test } from "bun:test";
import { limits, type MembershipId, type Push, type RoomId } from "@maru/protocol";
import { FakeClock } from "@maru/testkit";
import type { AccountSync, SyncedPart } from "../account-sync.ts";
import type { Connection } from "../connection/connection.ts";
import { Subject } from "../observable.ts";
import { Presences } from "./presences.ts";
import type { RoomListSnapshot } from "./room-directory.ts";

const roomOf = (n: number, kind: string, canPost = true) => ({
  id: `room_${String(n).padStart(32, "0")}`,
  kind,
  canPost,
});
const other = `mem_${"b".repeat(32)}` as MembershipId;

function open() {
  const clock = new FakeClock();
  const asked: [string, unknown][] = [];
  /** Rooms in which nobody may be seen. */
  const unseen = new Set<string>();
  const list = new Subject({ state: "ready", rooms: [] } as unknown as RoomListSnapshot);
  const state = new Subject({ state: "online" });
  const listeners = new Map<string, (push: Push) => void>();
  const parts = new Map<string, SyncedPart<"presence">>();
  let goOnline: () => void = () => {};
  let use: (isUsed: boolean) => void = () => {};
  const line = {
    isOnline: true,
    snapshot: state,
    onPush: (name: string, listener: (push: Push) => void) => void listeners.set(name, listener),
    onOnline: (listener: typeof goOnline) => {
      goOnline = listener;
    },
    command: async (cmd: string, d: { roomIds?: RoomId[] }) => {
      asked.push([cmd, d]);
      const seen = (d.roomIds ?? []).filter((roomId) => !unseen.has(roomId));
      return { presences: seen.map((roomId) => ({ roomId, memberId: other, presence: "offline" })) };
    },
  };
  const presences = new Presences({
    connection: line as unknown as Connection,
    sync: {
      registerSync: (name: string, part: SyncedPart<"presence">) => void parts.set(name, part),
    } as unknown as AccountSync,
    clock,
    list,
    watchUse: (listen) => {
      use = listen;
    },
  });
  return {
    clock,
    asked,
    unseen,
    line,
    state,
    presences,
    show: (...rooms: ReturnType<typeof roomOf>[]) => list.set({ state: "ready", rooms } as unknown as RoomListSnapshot),
    note: (push: Push) => listeners.get(push.push)?.(push),
    parts,
    goOnline: () => goOnline(),
    use: (isUsed: boolean) => use(isUsed),
  };
}

test("direct rooms in which one may write are watched, once for each change of the list", async () => {
  const { clock, asked, show, presences, note } = open();
  show(roomOf(1, "direct"), roomOf(2, "match"), roomOf(3, "direct", false));
  show(roomOf(1, "direct"));
  await clock.advance(1_000);
  expect(asked).toEqual([["presence.watch", { roomIds: [roomOf(1, "direct").id] }]]);
  expect(presences.snapshot.getSnapshot().get(other)).toBe("offline");
  show(roomOf(1, "direct"));
  await clock.advance(1_000);
  expect(asked).toHaveLength(1);
  note({ push: "presence.changed", roomId: roomOf(1, "direct").id as RoomId, memberId: other, presence: "online" });
  expect(presences.snapshot.getSnapshot().get(other)).toBe("online");
});

test("no more rooms are watched than the server allows", async () => {
  const { clock, asked, show } = open();
  show(...Array.from({ length: limits.presenceRooms + 5 }, (_, i) => roomOf(i, "direct")));
  await clock.advance(1_000);
  const [watched] = asked as [string, { roomIds: string[] }][];
  expect(watched?.[1].roomIds).toHaveLength(limits.presenceRooms);
});

test("a device tells when it is left and when it is used again, also without any room", () => {
  const { asked, use } = open();
  for (const isUsed of [true, false, false, true, true]) use(isUsed);
  expect(asked).toEqual([
    ["presence.set", { presence: "away" }],
    ["presence.set", { presence: "online" }],
  ]);
});

test("what was known is forgotten with the connection, and the next one is told and asked anew", async () => {
  const { clock, asked, line, state, presences, show, goOnline, use } = open();
  show(roomOf(1, "direct"));
  await clock.advance(1_000);
  use(false);
  line.isOnline = false;
  state.set({ state: "reconnecting" });
  expect(presences.snapshot.getSnapshot().size).toBe(0);
  asked.length = 0;
  line.isOnline = true;
  goOnline();
  await clock.advance(1_000);
  expect(asked.map(([cmd]) => cmd)).toEqual(["presence.set", "presence.watch"]);
  expect(presences.snapshot.getSnapshot().get(other)).toBe("offline");
});

test("where nobody may be seen an answer asks again, and nothing else does", async () => {
  const { clock, asked, unseen, show, presences } = open();
  const saidBy = (authorId: string, lastSeq: number) => ({
    ...roomOf(1, "direct"),
    lastSeq,
    lastMessage: { authorId },
  });
  unseen.add(roomOf(1, "direct").id);
  show(saidBy("mem_me", 1));
  await clock.advance(1_000);
  show(saidBy("mem_me", 2));
  await clock.advance(1_000);
  expect(asked).toHaveLength(1);
  expect(presences.snapshot.getSnapshot().size).toBe(0);
  unseen.clear();
  show(saidBy("mem_other", 3));
  await clock.advance(1_000);
  expect(asked).toHaveLength(2);
  expect(presences.snapshot.getSnapshot().get(other)).toBe("offline");
  show(saidBy("mem_me", 4));
  await clock.advance(1_000);
  expect(asked).toHaveLength(2);
});

test("how oneself is seen is asked for once somebody shows it, and an answer undoes no push that overtook it", async () => {
  const { presences, parts, note, state, line } = open();
  note({ push: "own_presence.changed", presence: "away" });
  expect([parts.size, presences.own.getSnapshot()]).toEqual([0, null]);
  let calls = 0;
  presences.own.subscribe(() => calls++);
  presences.own.subscribe(() => {});
  const part = parts.get("presence") as SyncedPart<"presence">;
  expect([parts.size, part.ask?.()]).toEqual([1, []]);
  await part.take({ presence: "online" });
  expect(presences.own.getSnapshot()).toBe("online");
  part.ask?.();
  note({ push: "own_presence.changed", presence: "away" });
  await part.take({ presence: "online" });
  expect([presences.own.getSnapshot(), calls]).toEqual(["away", 2]);
  line.isOnline = false;
  state.set({ state: "offline" });
  expect(presences.own.getSnapshot()).toBeNull();
});
