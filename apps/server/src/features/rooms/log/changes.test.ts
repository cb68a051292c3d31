import { expect, test } from "bun:test";
import { type Push, toWireId } from "@maru/protocol";
import * as fc from "fast-check";
import {
  type Change,
  decodeNotice,
  emptyNotice,
  encodeAdvance,
  encodeChange,
  encodeNotice,
  isOwnNotice,
} from "./changes.ts";

const roomId = "0".repeat(31).concat("a");
const anyChange = fc.record({ rev: fc.nat(), seq: fc.nat(), text: fc.string({ unit: "binary" }) }).map(
  ({ rev, seq, text }): Change => ({
    rev,
    push: "message.sent",
    json: JSON.stringify({ text }),
    seq,
    ord: seq,
    authorId: "f".repeat(32),
    departedId: "",
    pausedId: "",
  }),
);

test("what is written for the bus is read back, whatever people say", () => {
  void fc.assert(
    fc.property(fc.array(anyChange, { maxLength: 5 }), (changes) => {
      const rooms = [{ roomId, epoch: "a.1.0", changes }];
      const payload = encodeNotice("node", {
        rooms,
        reads: [roomId],
        ephemeral: [{ roomId, frame: "{}" }],
      });
      expect(decodeNotice(payload, () => true)).toEqual({
        rooms,
        reads: [roomId],
        ephemeral: [{ roomId, frame: "{}" }],
      });
      expect(decodeNotice(payload, () => false)).toEqual(emptyNotice);
    }),
    { seed: 11 },
  );
});

test("a node knows its own notices", () => {
  const payload = encodeNotice("node", { ...emptyNotice, reads: [roomId] });
  expect([isOwnNotice("node", payload), isOwnNotice("nod", payload), isOwnNotice("other", payload)]).toEqual([
    true,
    false,
    false,
  ]);
});

test("what is not of ours is passed over", () => {
  expect(decodeNotice("node\nC\t1\n\nX\ny", () => true)).toEqual(emptyNotice);
  expect(
    decodeNotice(`node\nR\t${roomId}\te\nC\t1\tmessage.burnt\t0\t0\t\t\t{}`, () => true).rooms[0]?.changes,
  ).toEqual([]);
});

test("frames are what the protocol's own encoder writes", () => {
  const message = {
    seq: 1,
    ord: 1,
    rev: 2,
    kind: "text",
    text: '안녕\t\n"',
    sentAt: "2026-01-01T00:00:00.000Z",
  } as const;
  const change = {
    rev: 2,
    push: "message.sent",
    json: JSON.stringify(message),
    seq: 1,
    ord: 1,
    authorId: "",
    departedId: "",
    pausedId: "",
  } as const;
  const wireId = toWireId("room", roomId);
  const sent: Push = { push: "message.sent", roomId: wireId, epoch: "e", rev: 2, message };
  const advanced: Push = {
    push: "room.advanced",
    roomId: wireId,
    epoch: "e",
    rev: 2,
    lastSeq: 1,
    lastOrd: 1,
    lastMessage: message,
  };
  const head = { rev: 2, lastSeq: 1, lastOrd: 1 };
  const encoded = [encodeChange(roomId, "e", change), encodeAdvance(roomId, "e", head, change.json)];
  expect(encoded).toEqual([JSON.stringify(sent), JSON.stringify(advanced)]);
});
