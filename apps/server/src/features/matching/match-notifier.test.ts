import { expect, test } from "bun:test";
import type { MatchState, RoomId } from "@maru/protocol";
import { silentLog } from "../../platform/log.ts";
import { MatchNotifier, type News } from "./match-notifier.ts";

const [first, second] = [`room_${"1".repeat(32)}`, `room_${"2".repeat(32)}`] as [RoomId, RoomId];
const waiting: MatchState = { state: "waiting", requestedAt: "2026-01-01T00:00:00.000Z" };
const idle: MatchState = { state: "idle", reason: "none" };
const matched = (roomId: RoomId): MatchState => ({ state: "matched", roomId, matchedAt: "2026-01-01T00:00:01.000Z" });

const wait = (requestId: string): News => ({ accountId: "a", requestId, match: waiting });
const match = (requestId: string, roomId: RoomId): News => ({ accountId: "a", requestId, match: matched(roomId) });
const end = (requestId: string, endedRoomId: RoomId): News => ({ accountId: "a", requestId, match: idle, endedRoomId });

/** What the devices of an account are told of news that come in this order. */
function tell(news: readonly News[], prepare: (notifier: MatchNotifier) => void = () => {}): string[] {
  const told: string[] = [];
  const bus = { publish: () => {}, subscribe: async () => () => {} };
  const sockets = {
    pushToAccount: (_id: string, push: { push: string; match?: MatchState }) => void told.push(push.match?.state ?? ""),
    connectionsOf: () => [],
  };
  const notifier = new MatchNotifier(bus, sockets as never, silentLog);
  prepare(notifier);
  for (const each of news) notifier.deliver(each);
  return told;
}

test("the end of a match is told, once, also to who was never told of it", () => {
  expect(tell([wait("1"), match("1", first), end("1", first), end("1", first)])).toEqual([
    "waiting",
    "matched",
    "idle",
  ]);
  expect(tell([end("1", first)])).toEqual(["idle"]);
  expect(tell([end("1", first)], (notifier) => notifier.noteMatched("a", first))).toEqual(["idle"]);
});

test("an end that comes late undoes neither the next wait nor the next match, and a match that comes after its end nothing", () => {
  expect(tell([match("1", first), wait("2"), end("1", first)])).toEqual(["matched", "waiting"]);
  expect(tell([match("1", first), match("2", second), end("1", first)])).toEqual(["matched", "matched"]);
  expect(tell([end("1", first), match("1", first)])).toEqual(["idle"]);
  expect(tell([end("1", first)], (notifier) => notifier.noteMatched("a", second))).toEqual([]);
});

test("an end that comes after the next wait is over, too, is no news; nor is it while one goes on to that wait", async () => {
  const cancelled: News = { ...wait("2"), match: { state: "idle", reason: "cancelled" } };
  expect(tell([match("1", first), wait("2"), cancelled, end("1", first)])).toEqual(["matched", "waiting", "idle"]);
  let notifier: MatchNotifier | undefined;
  const during = tell([match("1", first)], (made) => {
    notifier = made;
  });
  await notifier?.goOn("a", async () => notifier?.deliver(end("1", first)));
  expect(during).toEqual(["matched"]);
  notifier?.deliver(end("1", first));
  expect(during).toEqual(["matched", "idle"]);
});
