import { expect, test } from "bun:test";
import type { MembershipId, Message } from "@maru/protocol";
import { buildTimelineItems, type Unsent } from "./build-timeline-items.ts";

const self = `mem_${"0".repeat(32)}` as MembershipId;
const partner = `mem_${"1".repeat(32)}` as MembershipId;
const said = (seq: number, authorId: MembershipId, text: string, more: Partial<Message> = {}): Message => ({
  seq,
  ord: seq,
  rev: seq,
  kind: "text",
  authorId,
  text,
  sentAt: new Date(seq * 1_000).toISOString(),
  ...more,
});
const unsent = (clientMessageId: string, state: Unsent["state"] = "sending"): Unsent => ({
  clientMessageId,
  text: "x",
  state,
  createdAt: 9_000,
});
const show = (messages: Message[], waiting: Unsent[] = [], isOnline = true) =>
  buildTimelineItems({ messages, unsent: waiting, selfId: self, isOnline, locale: "ko" });

test("history first, what waits to be sent at the end", () => {
  const lines = show([said(1, partner, "a"), said(2, self, "b")], [unsent("client-key-3")]);
  expect(lines.map((line) => (line.kind === "text" ? [line.text, line.isMine, line.delivery] : null))).toEqual([
    ["a", false, "sent"],
    ["b", true, "sent"],
    ["x", true, "sending"],
  ]);
});

test("a message keeps its key when it arrives, and is never shown twice", () => {
  const before = show([], [unsent("client-key-1")]);
  const both = show([said(1, self, "x", { clientMessageId: "client-key-1" })], [unsent("client-key-1")]);
  expect(both.length).toBe(1);
  expect(both[0]?.key).toBe(before[0]?.key as string);
});

test("the same key of somebody else hides nothing of one's own", () => {
  expect(show([said(1, partner, "y", { clientMessageId: "client-key-1" })], [unsent("client-key-1")]).length).toBe(2);
});

test("without a connection a message waits, and a failed one says why", () => {
  expect(show([], [unsent("client-key-1")], false)[0]).toMatchObject({ delivery: "waiting" });
  const failed: Unsent = {
    ...unsent("client-key-1", "failed"),
    error: { code: "room.closed", message: "", temporary: false },
  };
  expect(show([], [failed], false)[0]).toMatchObject({ delivery: "failed", fault: "끝난 대화예요." });
});

test("a deleted message has no text, whatever it carries", () => {
  expect(show([said(1, partner, "secret", { deletedAt: new Date(0).toISOString() })])[0]).toMatchObject({ text: null });
});
