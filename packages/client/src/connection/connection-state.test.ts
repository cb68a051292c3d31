import { describe, expect, test } from "bun:test";
import { type CloseReaction, closeCodes, reactToClose } from "@maru/protocol";
import { type ConnectionEvent, type ConnectionSnapshot, nextConnectionState } from "./connection-state.ts";

const at = { retryAt: 5, hasNetwork: true };
const states: Record<string, ConnectionSnapshot> = {
  idle: { state: "idle" },
  connecting: { state: "connecting" },
  online: { state: "online" },
  reconnecting: { state: "reconnecting", retryAt: 1 },
  offline: { state: "offline" },
  stopped: { state: "stopped", code: 4503 },
};
const closed = (reaction: CloseReaction): ConnectionEvent => ({ type: "closed", reaction, code: 4503, ...at });

/** The whole table: a row for each event, what each state becomes by it; what is not named stays. */
const table: [string, ConnectionEvent, Record<string, ConnectionSnapshot["state"]>][] = [
  ["signed_in", { type: "signed_in" }, { idle: "connecting", stopped: "connecting" }],
  ["signed_out", { type: "signed_out" }, Object.fromEntries(Object.keys(states).map((name) => [name, "idle"]))],
  ["authenticated", { type: "authenticated" }, { connecting: "online", offline: "online" }],
  ["network_lost", { type: "network_lost" }, { connecting: "offline", online: "offline", reconnecting: "offline" }],
  ["retry", { type: "retry", hasNetwork: true }, { reconnecting: "connecting", offline: "connecting" }],
  ["retry without a network", { type: "retry", hasNetwork: false }, { reconnecting: "connecting" }],
  ["failed", { type: "failed", ...at }, { connecting: "reconnecting", offline: "reconnecting" }],
  ["failed without a network", { type: "failed", ...at, hasNetwork: false }, { connecting: "offline" }],
  ["closed: resume", closed("resume"), { connecting: "reconnecting", online: "reconnecting", offline: "reconnecting" }],
  ["closed: renew", closed("renew"), { connecting: "reconnecting", online: "reconnecting", offline: "reconnecting" }],
  ["closed: sign_in", closed("sign_in"), { connecting: "idle", online: "idle", offline: "idle" }],
  ["closed: stop", closed("stop"), { connecting: "stopped", online: "stopped", offline: "stopped" }],
];

for (const [name, event, becomes] of table) {
  test(`${name} leads from each state where the table says`, () => {
    const reached = Object.entries(states).map(([from, state]) => [from, nextConnectionState(state, event).state]);
    expect(Object.fromEntries(reached)).toEqual({
      ...Object.fromEntries(Object.keys(states).map((from) => [from, from])),
      ...becomes,
    });
  });
}

test("an event that changes nothing gives the same object, so that nobody is told", () => {
  const online: ConnectionSnapshot = { state: "online" };
  expect(nextConnectionState(online, { type: "retry", hasNetwork: true })).toBe(online);
});

describe("close codes", () => {
  test("below 4500 mean: come back", () => {
    for (const code of Object.keys(closeCodes).map(Number)) {
      expect([code, code < 4500]).toEqual([code, ["resume", "renew"].includes(reactToClose(code))]);
    }
  });

  test("that nobody has named yet follow their range; those of the network mean: come back", () => {
    expect([1000, 1001, 1006, 1012, 4499].map(reactToClose)).toEqual(Array(5).fill("resume"));
    expect([4599, 4999].map(reactToClose)).toEqual(["stop", "stop"]);
  });
});
