import { expect, test } from "bun:test";
import { countUnreadPeople } from "./unread-people.ts";

const counted = {
  toSeq: 9,
  steps: [
    [3, 0],
    [6, 2],
    [9, 4],
  ] as [number, number][],
};

test("each message shows the number of the step that it stands on", () => {
  expect([3, 5, 6, 8, 9].map((seq) => countUnreadPeople(counted, seq))).toEqual([0, 0, 2, 2, 4]);
});

test("nothing is shown where nothing is told", () => {
  expect([2, 10].map((seq) => countUnreadPeople(counted, seq))).toEqual([null, null]);
  expect(countUnreadPeople(null, 1)).toBeNull();
});
