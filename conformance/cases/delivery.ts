import { type Message, syncPartsOf } from "@maru/protocol";
import { type Case, must, mustEqual } from "../case.ts";
import { meet, newKey, openRoom, receiveUpTo, say } from "../meeting.ts";

/** What the protocol promises about rooms and messages. */
export const deliveryCases: readonly Case[] = [
  {
    name: "delivery.one-direct-room",
    doc: "gives two people one room, whoever opens it, and the other one's list shows it",
    run: async (stage) => {
      const alice = await stage.connect(stage.alice);
      const bob = await stage.connect(stage.bob);
      const roomId = await openRoom(alice, stage.bob);
      mustEqual(await openRoom(bob, stage.alice), roomId, "the room");
      await say(alice, roomId, "hello");
      const { rooms } = await bob.expectOk("room.list", {});
      must(
        rooms.some((room) => room.id === roomId),
        "the list does not show it",
      );
    },
  },
  {
    name: "delivery.one-order",
    doc: "shows everybody one order, numbered without gaps, when both speak at once",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      const ids = Array.from({ length: 12 }, (_, n) => {
        const frame = { roomId, clientMessageId: newKey(), text: `line ${n}` };
        return [
          alice.send("message.send", frame),
          bob.send("message.send", { ...frame, clientMessageId: newKey() }),
        ] as const;
      });
      let last = 0;
      for (const [fromAlice, fromBob] of ids) {
        const sent = [await alice.okOf("message.send", fromAlice), await bob.okOf("message.send", fromBob)];
        last = Math.max(last, ...sent.map(({ message }) => message.seq));
      }
      const [toAlice, toBob] = [await receiveUpTo(alice, roomId, last), await receiveUpTo(bob, roomId, last)];
      mustEqual(
        toAlice.map(({ seq }) => seq),
        toBob.map(({ seq }) => seq),
        "the order",
      );
      mustEqual(
        toAlice.map(({ seq }) => seq),
        toAlice.map((_, n) => last - toAlice.length + 1 + n),
        "the numbers",
      );
      mustEqual(toAlice.length, 24, "the count");
      mustEqual(
        toAlice.map(({ text }) => text),
        toBob.map(({ text }) => text),
        "the words",
      );
    },
  },
  {
    name: "delivery.order-of-one",
    doc: "keeps the order in which one connection sent, without waiting for replies",
    run: async (stage) => {
      const { alice, roomId } = await meet(stage);
      const ids = Array.from({ length: 10 }, (_, n) =>
        alice.send("message.send", { roomId, clientMessageId: newKey(), text: `${n}` }),
      );
      const seqs: number[] = [];
      for (const id of ids) seqs.push((await alice.okOf("message.send", id)).message.seq);
      mustEqual(
        seqs,
        seqs.map((_, n) => (seqs[0] as number) + n),
        "the numbers",
      );
    },
  },
  {
    name: "delivery.same-key",
    doc: "answers a send that is repeated with the first message, also with other words, also ten at once",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      const clientMessageId = newKey();
      const ids = Array.from({ length: 10 }, (_, n) =>
        alice.send("message.send", { roomId, clientMessageId, text: n === 0 ? "first" : "again" }),
      );
      const replies = [];
      for (const id of ids) replies.push((await alice.okOf("message.send", id)).message);
      const again = await stage.connect(stage.alice);
      replies.push((await again.expectOk("message.send", { roomId, clientMessageId, text: "later" })).message);
      const [first] = replies;
      must(first !== undefined && first.text === "first", `the first says «${first?.text}»`);
      for (const { seq, text } of replies)
        mustEqual({ seq, text }, { seq: first.seq, text: "first" }, "a repeated send");
      const next = await say(alice, roomId, "next");
      mustEqual(next.seq, first.seq + 1, "the number of the next message");
      const received = await receiveUpTo(bob, roomId, next.seq);
      mustEqual(received.filter((message) => message.seq === first.seq).length, 1, "how often bob heard it");
    },
  },
  {
    name: "delivery.changes",
    doc: "pushes an edit and a deletion with the room's next change number, and the deleted words are gone",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      const { seq } = await say(alice, roomId, "frist");
      await bob.expectError("message.not_yours", "message.edit", { roomId, seq, text: "mine" });
      await alice.expectOk("message.edit", { roomId, seq, text: "first" });
      const edited = await bob.expectPush("message.edited", (push) => push.message.seq === seq);
      mustEqual(edited.message.text, "first", "the words");
      await alice.expectOk("message.delete", { roomId, seq });
      const deleted = await bob.expectPush("message.deleted", (push) => push.message.seq === seq);
      mustEqual(deleted.message.text, undefined, "the words of a tombstone");
      mustEqual(deleted.rev, edited.rev + 1, "the change number");
      const { messages } = await bob.expectOk("message.list", { roomId, around: seq });
      mustEqual(messages.find((message) => message.seq === seq)?.text, undefined, "the words in the history");
    },
  },
  {
    name: "delivery.sync",
    doc: "tells who comes back exactly what was missed, once",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      const held = await say(alice, roomId, "held");
      await receiveUpTo(bob, roomId, held.seq);
      const before = await bob.expectOk("account.sync", { parts: { rooms: null } });
      const { epoch, rev } = (await bob.expectOk("room.get", { roomId })).room;
      bob.socket.drop();

      const missed = [
        await say(alice, roomId, "one"),
        await say(alice, roomId, "two"),
        await say(alice, roomId, "three"),
      ];
      await alice.expectOk("message.delete", { roomId, seq: (missed[1] as Message).seq });

      const back = await stage.connect(stage.bob);
      const synced = await back.expectOk("account.sync", {
        account: { epoch: before.epoch, rev: before.toRev },
        parts: { rooms: [{ id: "list", since: syncPartsOf(before).rooms?.since ?? "" }] },
      });
      const [row] = syncPartsOf(synced).rooms?.rooms ?? [];
      mustEqual([row?.id, row?.lastSeq], [roomId, missed.at(-1)?.seq], "the row of the list");
      const position = { roomId, mode: "open" as const, epoch };
      const watched = await back.expectOk("room.watch", { rooms: [{ ...position, rev }] });
      mustEqual(watched.goneRoomIds, [], "rooms that are gone");
      const [catchUp] = watched.catchUps;
      must(catchUp !== undefined && !catchUp.reset, "a reset came instead of the changes");
      mustEqual(catchUp.fromRev, rev, "where the changes begin");
      const changes = catchUp.changes.flatMap(({ message }) => (message ? [[message.seq, message.text]] : []));
      mustEqual(
        changes.sort(([a], [b]) => Number(a) - Number(b)),
        missed.map(({ seq, text }, n) => [seq, n === 1 ? undefined : text]),
        "the missed messages",
      );
      // From there on pushes go on without a gap.
      const { catchUps } = await back.expectOk("room.watch", { rooms: [{ ...position, rev: catchUp.toRev }] });
      mustEqual(
        catchUps.flatMap((more) => (more.reset ? [more.toRev] : more.changes.map((change) => change.rev))),
        [],
        "changes told twice",
      );
      const next = await say(alice, roomId, "four");
      const push = await back.expectPush("message.sent", ({ message }) => message.seq === next.seq);
      mustEqual(push.rev, catchUp.toRev + 1, "the next change number");
    },
  },
  {
    name: "delivery.gap",
    doc: "fills a gap with the same changes that were pushed",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      const { epoch, rev } = (await bob.expectOk("room.get", { roomId })).room;
      await say(alice, roomId, "one");
      const { seq } = await say(alice, roomId, "two");
      const received = (await receiveUpTo(bob, roomId, seq)).slice(-2);
      const catchUp = await bob.expectOk("room.changes", { roomId, epoch, rev });
      must(!catchUp.reset, "a reset came instead of the changes");
      mustEqual(
        catchUp.changes.map(({ message }) => message),
        received,
        "the changes",
      );
    },
  },
  {
    name: "delivery.other-numbering",
    doc: "answers a position of another numbering with a reset and the newest page",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      const { seq } = await say(alice, roomId, "newest");
      const catchUp = await bob.expectOk("room.changes", { roomId, epoch: "another", rev: 1 });
      must(catchUp.reset, "changes came instead of a reset");
      mustEqual(catchUp.messages.at(-1)?.seq, seq, "the newest message");
    },
  },
];
