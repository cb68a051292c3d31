import { type RoomId, usualAccountLimits } from "@maru/protocol";
import { type Case, must, mustEqual } from "../case.ts";
import { meet, newKey, say } from "../meeting.ts";

/** Who hears of a room, who does not, and what may be said in it. */
export const watchingCases: readonly Case[] = [
  {
    name: "watching.heads",
    doc: "tells who watches a room by its head that it went on, and nothing else of it",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      await bob.expectOk("room.watch", { rooms: [{ roomId, mode: "head" }] });
      const from = bob.pushes.length;
      const { seq } = await say(alice, roomId, "over there");
      const push = await bob.expectPush("room.advanced", (head) => head.roomId === roomId && head.lastSeq >= seq);
      mustEqual(push.lastMessage?.text, "over there", "the last message");
      await bob.isAlive();
      const others = bob.pushes.slice(from).filter(({ push }) => push === "message.sent");
      mustEqual(others, [], "other pushes of the room");
    },
  },
  {
    name: "watching.unwatch",
    doc: "pushes nothing more of a room that is not watched any longer",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      await bob.expectOk("room.unwatch", { roomIds: [roomId] });
      const from = bob.pushes.length;
      await say(alice, roomId, "nobody looks");
      await bob.isAlive();
      mustEqual(
        bob.pushes.slice(from).filter(({ push }) => push === "message.sent"),
        [],
        "pushes",
      );
    },
  },
  {
    name: "watching.strangers",
    doc: "answers a stranger to a room as if the room did not exist, and tells them nothing of it",
    run: async (stage) => {
      const { alice, roomId } = await meet(stage);
      const { seq } = await say(alice, roomId, "between us");
      const { epoch } = (await alice.expectOk("room.get", { roomId })).room;
      const carol = await stage.connect(stage.carol);
      const nowhere = `room_${"f".repeat(32)}` as RoomId;
      for (const id of [roomId, nowhere]) {
        await carol.expectError("room.not_found", "room.get", { roomId: id });
        await carol.expectError("room.not_found", "message.list", { roomId: id });
        await carol.expectError("room.not_found", "message.send", {
          roomId: id,
          clientMessageId: newKey(),
          text: "hi",
        });
        await carol.expectError("room.not_found", "message.edit", { roomId: id, seq, text: "hi" });
        await carol.expectError("room.not_found", "message.delete", { roomId: id, seq });
        await carol.expectError("room.not_found", "room.read", { roomId: id, seq });
        await carol.expectError("room.not_found", "room.changes", { roomId: id, epoch, rev: 0 });
        await carol.expectError("room.not_found", "room.leave", { roomId: id });
        const watched = await carol.expectOk("room.watch", { rooms: [{ roomId: id, mode: "open" }] });
        mustEqual(watched, { catchUps: [], goneRoomIds: [id] }, "the answer to room.watch");
        const synced = await carol.expectOk("account.sync", { rooms: [{ roomId: id, epoch, rev: 0 }] });
        must(!("parts" in synced), "parts were told to who named none");
        mustEqual([synced.catchUps, synced.goneRoomIds], [[], [id]], "the answer to account.sync");
      }
      await say(alice, roomId, "still between us");
      await carol.isAlive();
      mustEqual(carol.pushes, [], "what the stranger heard");
    },
  },
  {
    name: "watching.words",
    doc: "keeps every storable character as it is, ends a writing direction with its line, and refuses nothing, NUL and too much",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      for (const text of [
        "가나다 é 🏠 \u202eabc\u202c",
        "<script>alert(1)</script>",
        "x".repeat(usualAccountLimits.messageCharacters),
      ]) {
        const { seq } = await say(alice, roomId, text);
        const push = await bob.expectPush("message.sent", ({ message }) => message.seq === seq);
        mustEqual(push.message.text, text, "the words");
      }
      const { seq } = await say(alice, roomId, "\u202eabc\n\u2067def");
      const turned = await bob.expectPush("message.sent", ({ message }) => message.seq === seq);
      mustEqual(turned.message.text, "\u202eabc\u202c\n\u2067def\u2069", "the directions");
      const send = (text: string) => ({ roomId, clientMessageId: newKey(), text });
      await alice.expectError("message.empty", "message.send", send(" \n "));
      await alice.expectError(
        "message.too_long",
        "message.send",
        send("🏠".repeat(usualAccountLimits.messageCharacters + 1)),
      );
      for (const text of ["a\u0000b", "\ud800"]) await alice.expectError("request.invalid", "message.send", send(text));
    },
  },
];
