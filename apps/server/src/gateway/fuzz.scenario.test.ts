import { afterEach, beforeEach, expect, test } from "bun:test";
import { closeCodes, commands, isErrorCode, limits } from "@maru/protocol";
import fc from "fast-check";
import { type GatewayWorld, openWorld } from "./fixtures/gateway.fixture.ts";
import type { SocketCaller } from "./fixtures/socket-caller.fixture.ts";

let world: GatewayWorld;
let bob: SocketCaller;
beforeEach(async () => {
  world = openWorld();
  world.gateway.command("block.list", async () => ({ blocks: [] }));
  world.gateway.command("room.unwatch", () => ({}));
  world.gateway.command("room.get", () => Promise.reject(new Error("This handler always fails.")));
  bob = await world.connect("bob");
});
afterEach(() => world.close());

const anyD = fc.oneof(
  fc.constant({}),
  fc.constant({ roomId: `room_${"0".repeat(32)}` }),
  fc.constant({ token: "token-0" }),
  fc.object({ maxDepth: 4 }),
  fc.jsonValue({ maxDepth: 20 }),
);
const anyCommand = fc
  .record({
    id: fc.oneof(
      { weight: 30, arbitrary: fc.integer({ min: 1_000, max: 1_005 }) },
      { weight: 1, arbitrary: fc.oneof(fc.integer({ max: 1 }), fc.double(), fc.string()) },
    ),
    cmd: fc.oneof(fc.constantFrom(...Object.keys(commands), "__proto__", "constructor"), fc.string()),
    d: anyD,
  })
  .map((frame) => JSON.stringify(frame));
const anyFrame = fc.oneof(
  { weight: 90, arbitrary: anyCommand },
  { weight: 2, arbitrary: anyCommand.map((text) => text.slice(0, text.length / 2)) },
  { weight: 2, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 50 }) },
);
const anyVisit = fc.record({ connects: fc.boolean(), frames: fc.array(anyFrame, { maxLength: 30 }) });

/** Whether a frame asks something that has an answer. */
function isQuestion(frame: string | Uint8Array): boolean {
  if (typeof frame !== "string") return false;
  try {
    const { id, cmd } = JSON.parse(frame);
    return Number.isSafeInteger(id) && id >= 0 && typeof cmd === "string";
  } catch {
    return false;
  }
}

test("whatever a client says, it gets answers of the catalogue or a close of the table, and nobody else notices", async () => {
  let answeredCount = 0;
  let completeCount = 0;
  await fc.assert(
    fc.asyncProperty(anyVisit, async ({ connects, frames }) => {
      const caller = connects ? await world.connect("mallory") : await world.open();
      const before = caller.replies.length;
      for (const frame of frames) caller.say(frame as string);
      const firstFatal = frames.findIndex((frame) => !isQuestion(frame) || isTooDeep(frame));
      const questions = firstFatal < 0 ? frames.length : firstFatal;
      if (connects && firstFatal < 0) {
        await caller.isAlive();
        expect(caller.replies.length - before - 1).toBe(questions);
        completeCount++;
      }
      // Ends every visit in the same way: with a frame that is no command.
      caller.say("the end");
      const code = await caller.closed;
      expect(Object.keys(closeCodes)).toContain(String(code));
      const replies = caller.replies.slice(before);
      for (const reply of replies) if ("err" in reply) expect(isErrorCode(reply.err.code)).toBe(true);
      expect(replies.length).toBeLessThanOrEqual(questions + 1);
      answeredCount += replies.length;
      expect(await bob.isAlive()).toBe(true);
      // Nobody's rate stands in the way of the next visit.
      await world.clock.advance(100);
    }),
    { numRuns: 400 },
  );
  await world.hasSockets(1);
  expect(completeCount).toBeGreaterThan(20);
  expect(answeredCount).toBeGreaterThan(1_000);
  expect(world.gateway.stats().accountCount).toBe(1);
  // The one handler that always fails is all that failed.
  for (const line of world.logged) expect(line).toContain("This handler always fails.");
});

function isTooDeep(frame: string | Uint8Array): boolean {
  return depthOf(JSON.parse(String(frame))) > limits.frameDepth;
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
