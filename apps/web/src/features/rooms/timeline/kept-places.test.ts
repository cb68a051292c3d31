import { expect, test } from "bun:test";
import { KeptPlaces } from "./kept-places.ts";

test("a room is found where it was left, and at its end after its end was in sight", () => {
  const places = new KeptPlaces();
  expect(places.find("a")).toBeNull();
  places.keep("a", { seq: 7, offsetPx: -12 });
  expect(places.find("a")).toEqual({ kind: "kept", seq: 7, offsetPx: -12 });
  places.keep("a", null);
  expect(places.find("a")).toBeNull();
});

test("the room that was left longest ago is forgotten first", () => {
  const places = new KeptPlaces();
  for (let room = 0; room < 100; room++) places.keep(String(room), { seq: 1, offsetPx: 0 });
  places.keep("0", { seq: 2, offsetPx: 0 });
  places.keep("new", { seq: 3, offsetPx: 0 });
  expect(places.find("1")).toBeNull();
  expect(["0", "2", "99", "new"].every((room) => places.find(room) !== null)).toBe(true);
});

test("nothing is left for the next person of this browser", () => {
  const places = new KeptPlaces();
  places.keep("a", { seq: 7, offsetPx: 0 });
  places.clear();
  expect(places.find("a")).toBeNull();
});
