import { expect } from "bun:test";
import type { createClient, MaruClient } from "@maru/client";
import { eventually, FaultProxy } from "@maru/testkit";

/** An SDK, and the port of the server that it speaks with. */
export type Side = { readonly createClient: typeof createClient; readonly port: number };

/** Somebody with an SDK, behind a line that can be cut and led elsewhere. */
export type Person = {
  readonly maru: MaruClient;
  readonly line: FaultProxy;
  readonly nickname: string;
  /** What people said in a room, in its order, as the client shows it. */
  texts(roomId: string): string[];
  stop(): Promise<void>;
};

const patienceMs = 15_000;
const password = "hanok-floor-4";
let count = 0;

/** Signs somebody up by their own SDK, and waits until they are online. */
export async function enter({ createClient, port }: Side): Promise<Person> {
  const line = await FaultProxy.start(port);
  const maru = createClient({ url: line.url });
  const tag = `${process.pid % 1000}${++count}`;
  const { terms, privacy } = await maru.getLegal();
  const consents = { terms: terms.version, privacy: privacy.version };
  const nickname = `옛새${tag}`;
  await maru.signUp({ email: `compat${tag}@maru.example`, password, nickname, isFourteenOrOver: true, consents });
  await untilOnline(maru);
  return {
    maru,
    line,
    nickname,
    texts(roomId) {
      const now = maru.rooms.open(roomId).room.getSnapshot();
      return now.state === "ready" ? now.messages.flatMap(({ kind, text }) => (kind === "text" && text) || []) : [];
    },
    async stop() {
      maru.close();
      await line.stop();
    },
  };
}

export function untilOnline(maru: MaruClient): Promise<unknown> {
  return eventually("online", () => maru.connection.getSnapshot().state === "online", patienceMs);
}

export function hears(person: Person, roomId: string, text: string): Promise<unknown> {
  return eventually(`«${text}» is heard`, () => person.texts(roomId).includes(text), patienceMs);
}

/** Both ask for a partner; tells the room in which they meet. */
export async function meet(one: Person, two: Person): Promise<string> {
  const matched = ({ maru }: Person) =>
    eventually(
      "they are matched",
      () => {
        const match = maru.match.snapshot.getSnapshot();
        return match.state === "matched" && match.roomId;
      },
      patienceMs,
    );
  await Promise.all([one.maru.match.request(), two.maru.match.request()]);
  const [roomId, other] = await Promise.all([matched(one), matched(two)]);
  expect(roomId).toBe(other);
  return roomId;
}

/** Two people meet, talk, edit, count what is unread, are away, and come back to what was said: all that may not break. */
export async function tellStory(one: Person, two: Person): Promise<void> {
  const roomId = await meet(one, two);
  one.maru.rooms.send(roomId, "안녕");
  await hears(two, roomId, "안녕");
  two.maru.rooms.send(roomId, "반가워요");
  await hears(one, roomId, "반가워요");

  const room = one.maru.rooms.open(roomId).room.getSnapshot();
  const own = room.state === "ready" ? room.messages.find(({ text }) => text === "안녕") : undefined;
  await one.maru.rooms.edit(roomId, own?.seq ?? 0, "안녕하세요");
  await hears(two, roomId, "안녕하세요");

  // In a direct room one is not looked at: what is unread counts up, and reading ends that.
  const { id: directId } = await one.maru.rooms.openDirect(two.nickname);
  for (const text of ["하나", "둘", "셋"]) one.maru.rooms.send(directId, text);
  const row = () => two.maru.rooms.list.getSnapshot().rooms.find(({ id }) => id === directId);
  const unread = () => (row()?.lastOrd ?? 0) - (row()?.readOrd ?? 0);
  await eventually("three are unread", () => unread() === 3, patienceMs);
  two.maru.rooms.markRead(directId, row()?.lastSeq ?? 0);
  await eventually("nothing is unread", () => unread() === 0, patienceMs);
  await hears(two, directId, "셋");

  await comesBack(one, two, directId);
  const expected = ["하나", "둘", "셋", "자리를 비운 사이", "끊긴 동안", "돌아왔어요"];
  for (const person of [one, two]) expect(person.texts(directId).toSorted()).toEqual(expected.toSorted());
  expect(one.texts(directId)).toEqual(two.texts(directId));
  expect(two.texts(roomId)).toEqual(["안녕하세요", "반가워요"]);
}

/** The second one's line is cut while both go on to write; nothing is lost or doubled. */
async function comesBack(one: Person, two: Person, roomId: string): Promise<void> {
  two.line.refuse();
  await two.line.cut();
  await eventually("offline", () => two.maru.connection.getSnapshot().state !== "online", patienceMs);
  one.maru.rooms.send(roomId, "자리를 비운 사이");
  await hears(one, roomId, "자리를 비운 사이");
  two.maru.rooms.send(roomId, "끊긴 동안");
  two.line.heal();
  await untilOnline(two.maru);
  await hears(two, roomId, "자리를 비운 사이");
  await hears(one, roomId, "끊긴 동안");
  one.maru.rooms.send(roomId, "돌아왔어요");
  await hears(two, roomId, "돌아왔어요");
}
