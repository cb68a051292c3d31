import { expect, test } from "bun:test";
import type { CommandFrame, MatchState } from "@maru/protocol";
import { FakeClock, settle } from "@maru/testkit";
import { createClient } from "../client.ts";
import { ClientWorld } from "../fixtures/client.fixture.ts";
import { account, aMessage, aSync } from "../fixtures/entities.fixture.ts";
import { Timeline } from "../rooms/timeline.ts";

const roomId = `room_${"1".repeat(32)}`;
const signedIn = {
  accessToken: "token",
  accessTokenExpiresAt: "2026-01-01T01:00:00.000Z",
  serverTime: "2026-01-01T00:00:00.000Z",
  account,
};
const connected = {
  connectionId: `con_${"3".repeat(32)}`,
  heartbeatMs: 25_000,
  tokenExpiresAt: signedIn.accessTokenExpiresAt,
  serverTime: signedIn.serverTime,
  limits: {},
};

/** A server of one socket at a time; `answer` says what becomes of a command. */
function openServer(answer: (frame: CommandFrame) => { ok: unknown } | { err: unknown }) {
  const received: string[] = [];
  class Socket {
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: string }) => void) | null = null;
    onclose: ((event: { code: number }) => void) | null = null;
    onerror: null = null;
    constructor() {
      queueMicrotask(() => this.onopen?.());
    }
    send(text: string): void {
      const frame: CommandFrame = JSON.parse(text);
      received.push(frame.cmd);
      const data = JSON.stringify({ id: frame.id, ...answer(frame) });
      queueMicrotask(() => this.onmessage?.({ data }));
    }
    close(): void {}
  }
  return { received, Socket };
}

test("a resume that fails because the database is away is tried again on the same connection, and then what waits is sent", async () => {
  const clock = new FakeClock();
  let isAway = true;
  const { received, Socket } = openServer(({ cmd }) => {
    if (cmd === "connect") return { ok: connected };
    if (isAway) return { err: { code: "server.unavailable", message: "", temporary: true, params: {} } };
    if (cmd === "account.sync") return { ok: aSync() };
    if (cmd === "message.send") return { ok: { message: aMessage({ seq: 1 }) } };
    return { ok: {} };
  });
  const fetch = async () => Response.json(signedIn);
  const maru = createClient({ url: "http://localhost", clock, random: () => 0.5, socket: Socket as never, fetch });
  await maru.signIn({ email: "a@maru.test", password: "x" });
  await clock.advance(100);
  expect(received).toContain("account.sync");
  maru.rooms.send(roomId, "안녕");
  await settle();
  isAway = false;
  received.length = 0;
  await clock.advance(1_000);
  expect(received).toContain("account.sync");
  expect(received.filter((cmd) => cmd === "message.send")).toHaveLength(1);
  maru.close();
});

test("a room that is only said to stand further has a gap, until what changed has come", () => {
  const timeline = new Timeline({ onMessage() {}, onMember() {}, onRoom() {} });
  timeline.load({ messages: [], hasOlder: false, rev: 5 }, "e");
  expect(timeline.hasGap).toBe(false);
  expect(timeline.note("e", 900)).toBe(true);
  expect(timeline.hasGap).toBe(true);
  timeline.load({ messages: [], hasOlder: true, rev: 900 }, "e");
  expect(timeline.hasGap).toBe(false);
  expect(timeline.note("another", 3)).toBe(false);
});

test("a page that pushes have overtaken changes nothing", () => {
  const timeline = new Timeline({ onMessage() {}, onMember() {}, onRoom() {} });
  timeline.load({ messages: [], hasOlder: false, rev: 7 }, "e");
  timeline.load({ messages: [], hasOlder: true, rev: 5 }, "e");
  expect(timeline.rev).toBe(7);
  expect(timeline.hasOlder).toBe(false);
  timeline.load({ messages: [], hasOlder: true, rev: 5 }, "another");
  expect(timeline.rev).toBe(5);
});

test("what a sync says of matching does not undo news that overtook it", async () => {
  const world = new ClientWorld();
  const waiting: MatchState = { state: "waiting", requestedAt: "2026-01-01T00:00:01.000Z" };
  world.answer("account.sync", (_, socket) => {
    // Asked before the press, answered after it.
    socket.push({ push: "match.changed", match: waiting });
    return aSync();
  });
  const maru = await world.signIn();
  expect(maru.match.snapshot.getSnapshot()).toEqual(waiting);
  maru.close();
});
