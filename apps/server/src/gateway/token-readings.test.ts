import { expect, test } from "bun:test";
import { TokenReadings } from "./token-readings.ts";

test("a reading hears of what ends from its begin to its finish", () => {
  const readings = new TokenReadings();
  readings.noteEnding({ accountId: "alice", code: 4501 });
  const reading = readings.begin();
  expect(reading.findEnding("alice", "phone")).toBeNull();
  readings.noteEnding({ sessionId: "phone", code: 4500 });
  readings.noteEnding({ accountId: "bob", code: 4501 });
  expect(reading.findEnding("alice", "phone")?.code).toBe(4500);
  expect(reading.findEnding("alice", "desk")).toBeNull();
  expect(reading.findEnding("bob", "desk")?.code).toBe(4501);
  readings.finish(reading);
  readings.noteEnding({ accountId: "alice", code: 4501 });
  expect(reading.findEnding("alice", "desk")).toBeNull();
});
