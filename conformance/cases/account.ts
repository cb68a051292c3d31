import { type CommandArgument, type RoomId, syncPartsOf } from "@maru/protocol";
import { type Case, must, mustEqual } from "../case.ts";
import { meet, say } from "../meeting.ts";

/** What belongs to one account, on all its devices. */
export const accountCases: readonly Case[] = [
  {
    name: "account.every-device",
    doc: "tells the other devices of an account how its list shows a room, numbered in the account's own log",
    run: async (stage) => {
      const { alice, roomId } = await meet(stage);
      const desk = await stage.connect(stage.alice);
      const before = await desk.expectOk("account.sync", { parts: { rooms: null } });
      const list = syncPartsOf(before).rooms;
      must(list?.reset === true, "what was told first is not the whole list");
      for (const pinned of [true, false]) {
        const { room } = await alice.expectOk("membership.update", { roomId, pinned });
        mustEqual(room.pinned, pinned, "pinned, in the reply");
        const push = await desk.expectPush(
          "membership.changed",
          (changed) => changed.room.accountRev === room.accountRev,
        );
        mustEqual([push.room.id, push.room.pinned], [roomId, pinned], "the push");
        must(push.accountRev > before.toRev && push.accountEpoch === before.epoch, "the log did not go on");
      }
      const account = { epoch: before.epoch, rev: before.toRev };
      const since = await desk.expectOk("account.sync", {
        account,
        parts: { rooms: [{ id: "list", since: list.since }] },
      });
      const changed = syncPartsOf(since).rooms;
      mustEqual(changed?.reset, false, "reset");
      mustEqual(
        changed?.rooms.map(({ id }) => id),
        [roomId],
        "the rooms that changed",
      );
      must(since.toRev > before.toRev, "the log did not go on");
    },
  },
  {
    name: "account.parts",
    doc: "tells the parts of an account that a client names, and no others",
    run: async (stage) => {
      const alice = await stage.connect(stage.alice);
      const parts = async (named: CommandArgument<"account.sync">["parts"]) => {
        const answer = await alice.expectOk("account.sync", { parts: named });
        must("parts" in answer, "the answer has no parts");
        return answer.parts;
      };
      mustEqual(Object.keys(await parts({ matching: null })), ["matching"], "the parts");
      const all = await parts({ rooms: null, matching: null, presence: null, limits: null });
      mustEqual(Object.keys(all).sort(), ["limits", "matching", "presence", "rooms"], "the parts");
      mustEqual(all.presence?.presence, "online", "how one is seen whose device is in use");
      mustEqual(await parts({}), {}, "the parts of who names none of them");
    },
  },
  {
    name: "account.unnamed-parts",
    doc: "answers a client that names no parts as ever: the list, matching, and what changed in the rooms it names",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      const first = await alice.expectOk("account.sync", {});
      must(!("parts" in first), "parts were told to who named none");
      const { epoch, rev } = (await alice.expectOk("room.get", { roomId })).room;
      const { seq } = await say(bob, roomId, "later");
      const account = { epoch: first.epoch, rev: first.toRev, heads: first.heads };
      const nowhere = `room_${"f".repeat(32)}` as RoomId;
      const rooms = [roomId, nowhere].map((id) => ({ roomId: id, epoch, rev }));
      const answer = await alice.expectOk("account.sync", { account, rooms });
      must(!("parts" in answer), "parts were told to who named none");
      mustEqual([answer.reset, answer.rooms.map(({ id }) => id)], [false, [roomId]], "the rooms that changed");
      mustEqual(answer.goneRoomIds, [nowhere], "the rooms that are gone");
      const [caughtUp] = answer.catchUps;
      must(caughtUp?.reset === false, "a reset came instead of the changes");
      mustEqual(
        caughtUp.changes.flatMap(({ message }) => (message ? [message.seq] : [])),
        [seq],
        "the missed messages",
      );
    },
  },
  {
    name: "account.read-cursor",
    doc: "moves a read cursor forward only, and tells the account's other devices",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      const [first, second] = [await say(alice, roomId, "one"), await say(alice, roomId, "two")];
      const unread = (await bob.expectOk("room.get", { roomId })).room;
      must(unread.lastOrd - unread.readOrd >= 2, `${unread.lastOrd - unread.readOrd} unread instead of two or more`);
      const desk = await stage.connect(stage.bob);
      mustEqual((await bob.expectOk("room.read", { roomId, seq: second.seq })).readSeq, second.seq, "the cursor");
      mustEqual(
        (await bob.expectOk("room.read", { roomId, seq: first.seq })).readSeq,
        second.seq,
        "the cursor afterwards",
      );
      const push = await desk.expectPush("membership.changed", ({ room }) => room.readSeq >= second.seq);
      mustEqual(push.room.lastOrd - push.room.readOrd, 0, "what is unread");
    },
  },
  {
    name: "account.readers",
    doc: "tells the author when nobody is left who has not read",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      const { seq } = await say(alice, roomId, "read me");
      await bob.expectOk("room.read", { roomId, seq });
      await alice.expectPush("readers.counted", (counted) => {
        const step = counted.steps.findLast(([from]) => from <= seq);
        return counted.roomId === roomId && counted.toSeq >= seq && step?.[1] === 0;
      });
    },
  },
  {
    name: "account.history",
    doc: "tells pages of history in ascending order, that fit together and say where they end",
    run: async (stage) => {
      const { alice, roomId } = await meet(stage);
      const sent: number[] = [];
      for (let n = 0; n < 9; n++) sent.push((await say(alice, roomId, `page ${n}`)).seq);
      const list = async (place: { before?: number; after?: number; around?: number }, limit = 3) => {
        const page = await alice.expectOk("message.list", { roomId, limit, ...place });
        return { seqs: page.messages.map(({ seq }) => seq), hasOlder: page.hasOlder, hasNewer: page.hasNewer };
      };
      const newest = { seqs: sent.slice(6), hasOlder: true, hasNewer: false };
      mustEqual(await list({}), newest, "the newest page");
      mustEqual(
        await list({ before: sent[6] as number }),
        { seqs: sent.slice(3, 6), hasOlder: true, hasNewer: true },
        "before",
      );
      mustEqual(await list({ after: sent[5] as number }), newest, "after");
      const around = await list({ around: sent[4] as number });
      must(
        around.seqs.includes(sent[4] as number) && around.hasOlder && around.hasNewer,
        `around: ${JSON.stringify(around)}`,
      );
      mustEqual(
        await list({ after: sent[8] as number }),
        { seqs: [], hasOlder: true, hasNewer: false },
        "after the last",
      );
      mustEqual((await list({ after: 0 }, 1)).hasOlder, false, "older than the first");
    },
  },
  {
    name: "account.room-pages",
    doc: "tells the list of rooms in pages, each room once",
    run: async (stage) => {
      const bob = await stage.connect(stage.bob);
      for (const other of [stage.alice, stage.carol]) {
        const { room } = await bob.expectOk("direct.open", { nickname: other.nickname });
        await say(bob, room.id, "hello");
      }
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await bob.expectOk("room.list", { limit: 1, ...(cursor === undefined ? {} : { cursor }) });
        ids.push(...page.rooms.map(({ id }) => id));
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      must(ids.length >= 2, `${ids.length} rooms`);
      mustEqual(new Set(ids).size, ids.length, "rooms, each once");
    },
  },
  {
    name: "account.leave",
    doc: "hides a direct room that was left until something new is said in it",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      mustEqual((await bob.expectOk("room.leave", { roomId })).room.hidden, true, "hidden");
      must(!(await bob.expectOk("room.list", {})).rooms.some(({ id }) => id === roomId), "the list still shows it");
      await say(alice, roomId, "still there?");
      await bob.expectPush("membership.changed", ({ room }) => room.id === roomId && !room.hidden);
      must(
        (await bob.expectOk("room.list", {})).rooms.some(({ id }) => id === roomId),
        "the list does not show it again",
      );
    },
  },
];
