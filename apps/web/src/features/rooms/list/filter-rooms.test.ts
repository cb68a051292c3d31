import { expect, test } from "bun:test";
import type { RoomSummary } from "@maru/protocol";
import { filterRooms } from "./filter-rooms.ts";
import { readListSearch } from "./list-search.ts";

function room(id: string, more: Partial<RoomSummary> = {}): RoomSummary {
  return { id, kind: "direct", lastOrd: 3, readOrd: 3, markedUnread: false, ...more } as RoomSummary;
}

const rooms = [
  room("said", { lastOrd: 5 }),
  room("marked", { markedUnread: true }),
  room("read"),
  room("met", { kind: "match" }),
];
const ids = (filter?: string, openId?: string) => filterRooms(rooms, filter, openId).map(({ id }) => String(id));

test("without a filter all are there, in their order", () => expect(ids()).toEqual(["said", "marked", "read", "met"]));

test("unread is what was said and what was marked, and the open room stays where it was", () => {
  expect(ids("unread")).toEqual(["said", "marked"]);
  expect(ids("unread", "read")).toEqual(["said", "marked", "read"]);
});

test("a kind shows that kind alone", () => {
  expect(ids("match")).toEqual(["met"]);
  expect(ids("match", "read")).toEqual(["met"]);
});

test.each([
  [{ filter: "unread" }, { filter: "unread" }],
  [{ filter: "" }, {}],
  [{ filter: 3 }, {}],
  [{ archived: true, filter: "unread" }, { archived: true }],
  [{ archived: "true" }, {}],
])("an address with %p shows %p", (search, read) => expect(readListSearch(search)).toEqual(read as never));
