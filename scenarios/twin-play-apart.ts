import type { Push, RoomId } from "@maru/protocol";
import { isListed, newKey, type Stage, settle, type Watcher, watchAll } from "./twin-play.fixture.ts";
import { type Answers, answerOf, canonical, isOf, isOutside, lookAround, tryOut } from "./twin-play-looks.ts";

/** What the receiver sees of the direct room alone: else they may be in a match, or not. */
const ofTheRoom = ["the direct room", "its history", "its changes", "the room over HTTP", "the history over HTTP"];

/**
 * Plays one command of the match room where no direct room is open, and only then lets `one` write to the acquaintance by
 * their nickname, as somebody would who tries whether that is the one behind the alias. Returns everything that `one` sees
 * outside the match room, and what the receiver sees of the new one.
 */
export async function playApart(stage: Stage, run: (stage: Stage) => Promise<unknown>): Promise<Answers> {
  const { one, receiver } = stage;
  if (!receiver) throw new Error("nobody receives on this stage");
  const [device] = one.devices;
  const before = one.devices.map(({ pushes }) => pushes.length);
  await run(stage);
  const seen: Answers = {};
  const keep = (who: "one" | "receiver", what: string, answer: unknown, watcher: Watcher) => {
    seen[`${who}: ${what}`] = canonical(who === "one" ? answer : withoutRevs(answer), watcher);
  };
  const opened = await answerOf(device, "direct.open", { nickname: one.acquaintance.nickname });
  keep("one", "the opening", opened, one);
  if (typeof opened === "string") return seen;
  const { id: roomId } = opened.room;
  const words = { roomId, clientMessageId: newKey(), text: "혹시 아까 그분이세요?" };
  const said = await answerOf(device, "message.send", words);
  keep("one", "the first words", said, one);
  if (typeof said === "string") return seen;
  await isListed(receiver.devices[0], roomId);
  const [writer, reader] = [withDirect(one, roomId), withDirect(receiver, roomId)];
  for (const watcher of [writer, reader]) await watchAll(watcher);
  await settle(stage, "away");
  for (const [i, { pushes }] of writer.devices.entries()) {
    const told = pushes.slice(before[i]).filter((push) => isOutside(push, stage, one));
    seen[`one: pushes to device ${i + 1}`] = wordsOf(told, writer);
  }
  for (const [i, { pushes }] of reader.devices.entries()) {
    const told = pushes.filter((push) => isOf(push, roomId)).map(withoutRevs);
    seen[`receiver: pushes to device ${i + 1}`] = wordsOf(told, reader);
  }
  for (const [what, answer] of Object.entries(await lookAround(stage, writer))) keep("one", what, answer, writer);
  const received = await lookAround(stage, reader);
  for (const what of ofTheRoom) keep("receiver", what, received[what], reader);
  for (const [what, answer] of Object.entries(await tryOut(stage, reader))) keep("receiver", what, answer, reader);
  for (const [what, answer] of Object.entries(await tryOut(stage, writer))) keep("one", what, answer, writer);
  return seen;
}

const withDirect = (watcher: Watcher, roomId: RoomId): Watcher => ({
  ...watcher,
  direct: roomId,
  watched: [...watcher.watched, roomId],
});

/**
 * What is told, in an order that no luck decides, each once. Readers are counted once in a while, of all that was said
 * meanwhile: of each room the last count stands. A change of the list tells how the room stands when it is sent, not when it
 * was caused: how far it has come by then is luck, and what a fresh look finds is compared besides.
 */
export function wordsOf(told: readonly Push[], watcher: Watcher): string[] {
  const counted = told.filter((push) => push.push === "readers.counted");
  const last = new Set(new Map(counted.map((push) => [push.roomId, push])).values());
  const words = told.filter((push) => push.push !== "readers.counted" || last.has(push)).map(withoutPlace);
  return [...new Set(words.map((push) => JSON.stringify(canonical(push, watcher))))].sort();
}

function withoutPlace(push: Push): unknown {
  if (push.push !== "membership.changed") return push;
  const { rev, lastSeq, lastOrd, lastMessage, readSeq, readOrd, activeAt, accountRev, ...room } = push.room;
  return { push: push.push, room };
}

/** An answer without the numbers of the account's own log: they count whatever else somebody does. */
export function withoutRevs<T>(answer: T): T {
  return JSON.parse(JSON.stringify(answer), (key, value) => (key === "accountRev" ? 0 : value)) as T;
}
