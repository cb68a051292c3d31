import type { RoomId } from "@maru/protocol";
import { type Case, must, mustEqual } from "../case.ts";
import { say } from "../meeting.ts";
import type { Speaker } from "../speaker.ts";

async function isMatched(speaker: Speaker): Promise<RoomId> {
  const { match } = await speaker.expectPush("match.changed", (push) => push.match.state === "matched");
  must(match.state === "matched", "no match");
  return match.roomId;
}

/** Strangers who meet. On a server where others wait, they might meet the suite: these cases run only where it is alone. */
export const matchingCases: readonly Case[] = [
  {
    name: "matching.wait",
    needsToBeAlone: true,
    doc: "waits once however often it is asked, tells every device, and stops when asked to",
    run: async (stage) => {
      const [alice, desk] = [await stage.connect(stage.alice), await stage.connect(stage.alice)];
      const first = (await alice.expectOk("match.request", {})).match;
      must(first.state === "waiting", `the state is ${first.state}`);
      mustEqual((await desk.expectOk("match.request", {})).match, first, "the same wait again");
      mustEqual((await desk.expectOk("match.get", {})).match, first, "the state on another device");
      mustEqual((await alice.expectOk("match.cancel", {})).match, { state: "idle", reason: "cancelled" }, "the end");
      const push = await desk.expectPush("match.changed", ({ match }) => match.state === "idle");
      mustEqual(push.match, { state: "idle", reason: "cancelled" }, "the push");
    },
  },
  {
    name: "matching.meet",
    needsToBeAlone: true,
    doc: "brings two who wait into one room under aliases, where both may write until one goes on",
    run: async (stage) => {
      const [alice, bob] = [await stage.connect(stage.alice), await stage.connect(stage.bob)];
      await alice.expectOk("match.request", {});
      await bob.expectOk("match.request", {});
      const roomId = await isMatched(alice);
      mustEqual(await isMatched(bob), roomId, "the room");
      for (const speaker of [alice, bob]) {
        const { room } = await speaker.expectOk("room.get", { roomId });
        mustEqual([room.kind, room.state, room.members.length], ["match", "open", 2], "kind, state and members");
        must(
          room.members.every(({ name, alias }) => name === undefined && alias !== undefined),
          "a name is shown",
        );
        await speaker.expectOk("room.watch", { rooms: [{ roomId, mode: "open" }] });
      }
      const { seq } = await say(alice, roomId, "nice to meet you");
      await bob.expectPush("message.sent", ({ message }) => message.seq === seq);
      mustEqual((await alice.expectOk("match.request", {})).match.state, "matched", "who asks again");

      mustEqual((await alice.expectOk("match.next", { roomId })).match.state, "waiting", "who goes on");
      await bob.expectPush("room.updated", ({ room }) => room.state === "closed");
      const send = { roomId, clientMessageId: "too-late-now", text: "wait" };
      await bob.expectError("room.closed", "message.send", send);
      await alice.expectOk("match.cancel", {});
      mustEqual((await bob.expectOk("match.get", {})).match.state, "idle", "who stayed");
    },
  },
];
