import { expect, test } from "bun:test";
import { findArrivals, markEnd } from "./arrivals.ts";
import type { TimelineItem } from "./timeline-item.ts";

const said = (seq: number | null, isMine: boolean, key = `k${seq}`): TimelineItem => ({
  key,
  seq,
  kind: "text",
  authorId: isMine ? "me" : "you",
  isMine,
  text: "x",
  isEdited: false,
  delivery: seq === null ? "sending" : "sent",
  clientMessageId: key,
  unreadReaderCount: null,
  fault: null,
  sentAt: new Date(0),
});

test("what others say is counted, also while one's own waits behind it", () => {
  const before = [said(1, false), said(null, true, "mine")];
  const after = [said(1, false), said(2, false), said(3, false), said(null, true, "mine")];
  expect(findArrivals(after, markEnd(before))).toEqual({ othersCount: 2, hasOwn: false, hasAny: true });
});

test("what one writes oneself is seen once: when written, not when it arrives", () => {
  const before = [said(1, false)];
  const written = [...before, said(null, true, "mine")];
  const arrived = [...before, said(2, true, "mine")];
  expect(findArrivals(written, markEnd(before)).hasOwn).toBe(true);
  expect(findArrivals(arrived, markEnd(written))).toEqual({ othersCount: 0, hasOwn: false, hasAny: true });
});

test("history that comes in front is no arrival", () => {
  const before = [said(5, false)];
  expect(findArrivals([said(3, false), said(4, true), ...before], markEnd(before))).toEqual({
    othersCount: 0,
    hasOwn: false,
    hasAny: false,
  });
});
