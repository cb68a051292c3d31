import { expect, test } from "bun:test";
import { countUnreadReaders, type UnreadReaderCounts } from "./unread-reader-counts.ts";

const counted: UnreadReaderCounts = {
  toSeq: 9,
  steps: [
    [3, 0],
    [6, 2],
    [9, 4],
  ],
  ownReadSeq: 9,
};
const mine = (seq: number) => ({ seq, isMine: true });
const others = (seq: number) => ({ seq, isMine: false });

test("each message shows the number of the step that it stands on", () => {
  expect([3, 5, 6, 8, 9].map((seq) => countUnreadReaders(counted, mine(seq)))).toEqual([0, 0, 2, 2, 4]);
  expect([3, 5, 6, 8, 9].map((seq) => countUnreadReaders(counted, others(seq)))).toEqual([0, 0, 2, 2, 4]);
});

test("whoever looks at a message is not among those who have not read it, though the server did not know yet", () => {
  const before = { ...counted, ownReadSeq: 5 };
  expect([3, 5, 6, 9].map((seq) => countUnreadReaders(before, others(seq)))).toEqual([0, 0, 1, 3]);
  expect([6, 9].map((seq) => countUnreadReaders(before, mine(seq)))).toEqual([2, 4]);
  expect(countUnreadReaders({ toSeq: 9, steps: [[9, 0]], ownReadSeq: 5 }, others(9))).toBe(0);
});

test("nothing is shown where nothing is told", () => {
  expect([2, 10].map((seq) => countUnreadReaders(counted, mine(seq)))).toEqual([null, null]);
  expect(countUnreadReaders(null, mine(1))).toBeNull();
});
