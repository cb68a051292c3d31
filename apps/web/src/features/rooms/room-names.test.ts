import { expect, test } from "bun:test";
import type { Member, MembershipId } from "@maru/protocol";
import { countUnread, findPartner, titleOfRoom } from "./room-names.ts";

const id = (digit: string) => `mem_${digit.repeat(32)}` as MembershipId;
const self: Member = { id: id("0"), state: "active", alias: { adjective: 0, noun: 0 }, avatarSeed: "a", rev: 1 };
const masked: Member = { id: id("1"), state: "active", alias: { adjective: 1, noun: 1 }, avatarSeed: "b", rev: 1 };
const known: Member = { id: id("2"), state: "active", name: "연꽃", avatarSeed: "c", rev: 1 };

test("a room of two is called by the other person, in the reader's language", () => {
  expect(titleOfRoom({ members: [self, masked], selfId: self.id }, "ko", "?")).toBe("푸른 여우");
  expect(titleOfRoom({ members: [masked, self], selfId: self.id }, "en", "?")).toBe("Blue Fox");
  expect(titleOfRoom({ members: [self, known], selfId: self.id }, "ko", "?")).toBe("연꽃");
});

test("a room's own name comes first; nobody left to name is said so", () => {
  expect(titleOfRoom({ name: "책 모임", members: [self, known], selfId: self.id }, "ko", "?")).toBe("책 모임");
  expect(titleOfRoom({ members: [self], selfId: self.id }, "ko", "(알 수 없음)")).toBe("(알 수 없음)");
  expect(findPartner({ members: [self], selfId: self.id })).toBeNull();
});

test("unread is never below nothing", () => {
  expect(countUnread({ lastOrd: 7, readOrd: 3 })).toBe(4);
  expect(countUnread({ lastOrd: 3, readOrd: 7 })).toBe(0);
});
