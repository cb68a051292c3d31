import { expect, test } from "bun:test";
import { ringOfPairs, separateRooms } from "./world.ts";

test("separate rooms share nobody", () => {
  const rooms = separateRooms(20, 5);
  expect(rooms.map((members) => members.length)).toEqual(Array(20).fill(5));
  expect(new Set(rooms.flat()).size).toBe(100);
});

test("a ring of pairs gives everybody the same number of rooms, no pair twice, nobody alone", () => {
  const rooms = ringOfPairs(100, 20);
  const counts = new Map<number, number>();
  for (const account of rooms.flat()) counts.set(account, (counts.get(account) ?? 0) + 1);
  expect([...counts.values()]).toEqual(Array(100).fill(20));
  const pairs = rooms.map(([a = 0, b = 0]) => (a < b ? `${a}:${b}` : `${b}:${a}`));
  expect(new Set(pairs).size).toBe(1_000);
  expect(rooms.every(([a, b]) => a !== b)).toBe(true);
});
