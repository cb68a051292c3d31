import { describe, expect, test } from "bun:test";
import { limits, type MembershipId, type Push, type RoomId } from "@maru/protocol";
import { FakeClock } from "@maru/testkit";
import type { Connection } from "../connection/connection.ts";
import { Typing } from "./typing.ts";

const roomId = `room_${"1".repeat(32)}` as RoomId;
const self = `mem_${"a".repeat(32)}` as MembershipId;
const other = `mem_${"b".repeat(32)}` as MembershipId;

function open() {
  const clock = new FakeClock();
  const sent: unknown[] = [];
  const listeners = new Map<string, (push: Push) => void>();
  const note = (push: Push) => listeners.get(push.push)?.(push);
  const line = {
    isOnline: true,
    onPush: (name: string, listener: (push: Push) => void) => void listeners.set(name, listener),
    command: async (_cmd: string, d: unknown) => void sent.push(d),
  };
  const typing = new Typing({ connection: line as unknown as Connection, clock, findSelf: () => self });
  const told = (memberId: MembershipId, isTyping: boolean) =>
    note({ push: "typing.changed", roomId, memberId, typing: isTyping });
  const said = (authorId: MembershipId) =>
    note({
      push: "message.sent",
      roomId,
      epoch: "e",
      rev: 1,
      message: { seq: 1, ord: 1, rev: 1, kind: "text", text: "말", authorId, sentAt: "2026-01-01T00:00:00.000Z" },
    });
  return { clock, sent, line, typing, told, said, writers: () => typing.in(roomId).getSnapshot() };
}

describe("who is writing", () => {
  test("ends when they stop, when they say it, and by itself", async () => {
    const { clock, told, said, writers } = open();
    told(other, true);
    expect(writers()).toEqual([other]);
    told(other, false);
    expect(writers()).toEqual([]);
    told(other, true);
    said(other);
    expect(writers()).toEqual([]);
    told(other, true);
    await clock.advance(limits.typingMs - 1);
    expect(writers()).toEqual([other]);
    await clock.advance(1);
    expect(writers()).toEqual([]);
  });

  test("goes on while it is told again", async () => {
    const { clock, told, writers } = open();
    for (let i = 0; i < 5; i++) {
      told(other, true);
      await clock.advance(limits.typingMs - 1);
      expect(writers()).toEqual([other]);
    }
  });

  test("is never oneself", () => {
    const { told, writers } = open();
    told(self, true);
    expect(writers()).toEqual([]);
  });
});

describe("telling", () => {
  test("each key stroke costs nothing; the end is told once", async () => {
    const { clock, sent, typing } = open();
    for (let i = 0; i < 10; i++) typing.set(roomId, true);
    expect(sent).toEqual([{ roomId, typing: true }]);
    await clock.advance(limits.typingEveryMs);
    typing.set(roomId, true);
    typing.set(roomId, false);
    typing.set(roomId, false);
    expect(sent).toEqual([
      { roomId, typing: true },
      { roomId, typing: true },
      { roomId, typing: false },
    ]);
  });

  test("nothing is told without a connection", () => {
    const { sent, line, typing } = open();
    line.isOnline = false;
    typing.set(roomId, true);
    expect(sent).toEqual([]);
  });
});
