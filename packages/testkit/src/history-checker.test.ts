import { describe, expect, test } from "bun:test";
import { HistoryChecker, type HistoryEntry, type StoredMessage } from "./history-checker.ts";

const roomId = "room";
const stored: StoredMessage[] = [
  { seq: 1, key: "" },
  { seq: 2, key: "a1" },
  { seq: 3, key: "b1" },
  { seq: 4, key: "a2" },
];

/** A run in which nothing went wrong: two clients, each told everything. */
const sound: HistoryEntry[] = [
  { is: "sent", client: "a", roomId, key: "a1" },
  { is: "sent", client: "b", roomId, key: "b1" },
  { is: "sent", client: "a", roomId, key: "a2" },
  { is: "acknowledged", client: "a", roomId, key: "a1", seq: 2 },
  { is: "acknowledged", client: "a", roomId, key: "a1", seq: 2 },
  { is: "acknowledged", client: "a", roomId, key: "a2", seq: 4 },
  ...["a", "b"].flatMap((client) => stored.map((message) => ({ is: "received", client, roomId, ...message }) as const)),
];

function check(entries: readonly HistoryEntry[], messages = stored) {
  const history = new HistoryChecker();
  for (const entry of entries) history.record(entry);
  return history.check(new Map([[roomId, messages]]));
}

/** The sound run with the told entry of client b at `seq` changed into others. */
function withReceived(seq: number, ...instead: HistoryEntry[]): HistoryEntry[] {
  return sound.flatMap((entry) =>
    entry.is === "received" && entry.client === "b" && entry.seq === seq ? instead : entry,
  );
}

const received = (seq: number, key: string): HistoryEntry => ({ is: "received", client: "b", roomId, seq, key });

test("finds nothing in a sound run, and counts it", () => {
  expect(check(sound)).toEqual({ faults: [], sentCount: 3, acknowledgedCount: 3, receivedCount: 8, resetCount: 0 });
});

test("finds nothing wrong with a reset, after which a later page begins, and counts it", () => {
  const { faults, resetCount } = check(withReceived(2, { is: "reset", client: "b", roomId }));
  expect({ faults, resetCount }).toEqual({ faults: [], resetCount: 1 });
});

test("finds nothing wrong with a client that came later and holds the end of the history", () => {
  expect(check(withReceived(1)).faults).toEqual([]);
});

describe("finds a planted fault:", () => {
  const faults: [string, readonly HistoryEntry[], StoredMessage[], RegExp][] = [
    ["an acknowledged send that is lost", sound, stored.slice(0, 3), /a2 of a was acknowledged at 4 .* is lost/],
    ["a said one that is lost", [...sound, { is: "sent", client: "b", roomId, key: "b2" }], stored, /b2 .* lost/],
    ["a send stored twice", sound, [...stored, { seq: 5, key: "b1" }], /b1 is stored 2 times: 3, 5/],
    ["a message nobody said", sound, [...stored, { seq: 5, key: "x1" }], /x1 is stored and nobody said it/],
    [
      "an acknowledgement with another place",
      [...sound, { is: "acknowledged", client: "b", roomId, key: "b1", seq: 2 }],
      stored,
      /b1 of b was acknowledged at 2 .* stands at 3/,
    ],
    ["a hole in the database", sound, stored.toSpliced(1, 1), /has 3 .* where 2 belongs/],
    ["a hole in what a client was told", withReceived(3), stored, /b was told 4 in room after 2/],
    [
      "a message told twice",
      withReceived(3, received(3, "b1"), received(3, "b1")),
      stored,
      /b was told 3 in room again after 3/,
    ],
    [
      "an order that is not the database's",
      withReceived(3, received(4, "a2"), received(3, "b1")),
      stored,
      /again after 4/,
    ],
    [
      "another text in the place",
      withReceived(3, received(3, "a2")),
      stored,
      /told «a2» at 3 in room; the database has «b1»/,
    ],
    ["a client left behind", withReceived(4), stored, /b was told up to 3 of 4/],
    ["a client left empty by a reset", [...sound, { is: "reset", client: "b", roomId }], stored, /up to nothing of 4/],
    [
      "sends of one client in another order",
      [{ is: "sent", client: "a", roomId, key: "a2" }, ...sound.filter((e) => e.is !== "sent" || e.key !== "a2")],
      stored,
      /a1 of a stands at 2 in room, before 4/,
    ],
  ];
  for (const [name, entries, messages, words] of faults) {
    test(name, () => expect(check(entries, messages).faults.join("\n")).toMatch(words));
  }
});
