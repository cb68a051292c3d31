import { limits, type RoomId, syncPartsOf } from "@maru/protocol";
import { type Case, must, mustEqual } from "../case.ts";
import { meet, newKey, say } from "../meeting.ts";
import type { Speaker } from "../speaker.ts";

/** Presence waits while a node is busy, in ms. */
const patienceMs = 15_000;
/** How often a telling that may be dropped under load is said again before it counts as missing. */
const maxTries = 4;

/** Sends that somebody writes, or has stopped, until the other one has heard it. */
async function sendsTyping(from: Speaker, to: Speaker, roomId: RoomId, typing: boolean) {
  for (let attempt = 1; ; attempt++) {
    await from.expectOk("typing.set", { roomId, typing });
    const received = to.expectPush(
      "typing.changed",
      (changed) => changed.typing === typing,
      limits.typingEveryMs + 100,
    );
    const push = await received.catch((error) => (attempt < maxTries ? null : Promise.reject(error)));
    if (push) return push;
  }
}

/** What people are told of each other. */
export const peopleCases: readonly Case[] = [
  {
    name: "people.typing",
    doc: "tells the others that somebody writes and has stopped, and nobody who is not in the room",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      const carol = await stage.connect(stage.carol);
      await carol.expectError("room.not_found", "typing.set", { roomId, typing: true });
      for (const typing of [true, false]) {
        const push = await sendsTyping(alice, bob, roomId, typing);
        mustEqual(push.roomId, roomId, "the room");
      }
      await carol.isAlive();
      mustEqual(carol.pushes, [], "what the stranger heard");
    },
  },
  {
    name: "people.own-presence",
    doc: "tells an account that asks how others see it, over all its devices",
    run: async (stage) => {
      const alice = await stage.connect(stage.alice);
      const answer = await alice.expectOk("account.sync", { parts: { presence: null } });
      mustEqual(syncPartsOf(answer).presence?.presence, "online", "how one is seen whose device is in use");
      for (const presence of ["away", "online"] as const) {
        await alice.expectOk("presence.set", { presence });
        await alice.expectPush("own_presence.changed", (changed) => changed.presence === presence, patienceMs);
      }
    },
  },
  {
    name: "people.presence",
    doc: "tells who watches whether the other one is there or away, and a stranger nothing",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      // Before both have written they see nothing of each other.
      for (const speaker of [alice, bob]) await say(speaker, roomId, "here I am");
      for (const presence of ["online", "away", "online"] as const) {
        await bob.expectOk("presence.set", { presence });
        const { presences } = await alice.expectOk("presence.watch", { roomIds: [roomId] });
        const isNotified = presences.some((changed) => changed.roomId === roomId && changed.presence === presence);
        if (!isNotified)
          await alice.expectPush("presence.changed", (changed) => changed.presence === presence, patienceMs);
        alice.pushes.length = 0;
      }
      const carol = await stage.connect(stage.carol);
      mustEqual(
        await carol.expectOk("presence.watch", { roomIds: [roomId] }),
        { presences: [] },
        "what a stranger is told",
      );
    },
  },
  {
    name: "people.block",
    doc: "answers a blocked person as ever while the blocker hears nothing, and lets both talk again afterwards",
    run: async (stage) => {
      const { alice, bob, roomId } = await meet(stage);
      const { members, selfId } = (await bob.expectOk("room.get", { roomId })).room;
      const memberId = members.find(({ id }) => id !== selfId)?.id;
      must(memberId !== undefined, "the room does not show the other one");
      await bob.expectError("member.not_found", "member.block", { roomId, memberId: `mem_${"0".repeat(32)}` });
      const { block } = await bob.expectOk("member.block", { roomId, memberId });
      try {
        mustEqual(
          (await bob.expectOk("member.block", { roomId, memberId })).block.id,
          block.id,
          "the same block again",
        );
        must(
          (await bob.expectOk("block.list", {})).blocks.some(({ id }) => id === block.id),
          "the list does not show it",
        );
        mustEqual((await alice.expectOk("block.list", {})).blocks, [], "what the blocked one is told");
        const send = { roomId, clientMessageId: newKey(), text: "hello?" };
        await bob.expectError("room.posting_denied", "message.send", send);
        bob.pushes.length = 0;
        const { seq } = await say(alice, roomId, "can you hear me?");
        const { messages } = await bob.expectOk("message.list", { roomId });
        must(!messages.some((message) => message.seq === seq), "the blocker is told what was said");
        must(!bob.pushes.some((push) => push.push === "message.sent"), "the blocker is pushed what was said");
        const carol = await stage.connect(stage.carol);
        await carol.expectError("block.not_found", "block.remove", { blockId: block.id });
      } finally {
        await bob.expectOk("block.remove", { blockId: block.id });
      }
      await bob.expectError("block.not_found", "block.remove", { blockId: block.id });
      await say(alice, roomId, "hello again");
    },
  },
];
