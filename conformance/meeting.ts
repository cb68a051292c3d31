import type { Message, RoomId } from "@maru/protocol";
import { mustEqual, type Stage } from "./case.ts";
import type { Person } from "./person.ts";
import type { Speaker } from "./speaker.ts";

/** A key for one send. */
export const newKey = () => crypto.randomUUID().replaceAll("-", "");

/** The room of alice and bob. */
export async function openRoom(speaker: Speaker, other: Person): Promise<RoomId> {
  return (await speaker.expectOk("direct.open", { nickname: other.nickname })).room.id;
}

async function watch(speaker: Speaker, roomId: RoomId): Promise<void> {
  const { goneRoomIds } = await speaker.expectOk("room.watch", { rooms: [{ roomId, mode: "open" }] });
  mustEqual(goneRoomIds, [], "rooms that are gone");
}

/** Alice and bob, both with their room on screen. */
export async function meet(stage: Stage): Promise<{ alice: Speaker; bob: Speaker; roomId: RoomId }> {
  const alice = await stage.connect(stage.alice);
  const bob = await stage.connect(stage.bob);
  const roomId = await openRoom(alice, stage.bob);
  await watch(alice, roomId);
  await watch(bob, roomId);
  return { alice, bob, roomId };
}

/** Sends a message and tells it as the reply does. */
export async function say(speaker: Speaker, roomId: RoomId, text: string): Promise<Message> {
  return (await speaker.expectOk("message.send", { roomId, clientMessageId: newKey(), text })).message;
}

/** The messages that a connection has heard in a room, up to one. */
export async function receiveUpTo(speaker: Speaker, roomId: RoomId, seq: number): Promise<Message[]> {
  await speaker.expectPush("message.sent", (push) => push.roomId === roomId && push.message.seq === seq);
  return speaker.pushes.flatMap((push) =>
    push.push === "message.sent" && push.roomId === roomId ? [push.message] : [],
  );
}
