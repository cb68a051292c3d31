import { expect, test } from "bun:test";
import { FakeClock, settle } from "@maru/testkit";
import { codeOf } from "../fixtures/rooms.fixture.ts";
import { type FailureClass, hashKey, KeyedBatcher } from "./keyed-batcher.ts";

type Row = { readonly room: string; readonly n: number };
type Batch = { readonly rows: readonly Row[]; end(results?: readonly string[]): void; fail(error: unknown): void };

class Refusal extends Error {
  constructor(readonly verdict: FailureClass) {
    super(verdict);
  }
}

/** A batcher whose batches a test ends by hand. */
function openBatcher(options: { laneCount?: number; maxQueued?: number; maxBatch?: number } = {}) {
  const clock = new FakeClock();
  const batches: Batch[] = [];
  const batcher = new KeyedBatcher<Row, string>({
    clock,
    laneCount: options.laneCount ?? 1,
    maxBatch: options.maxBatch ?? 4,
    maxQueued: options.maxQueued ?? 100,
    deadlineMs: 8_000,
    keyOf: (row) => row.room,
    run: (rows) =>
      new Promise((resolve, reject) => {
        const answers = rows.map((row) => `${row.room}${row.n}`);
        batches.push({ rows, end: (results = answers) => resolve(results), fail: reject });
      }),
    classifyFailure: (error) => (error instanceof Refusal ? error.verdict : "repeat"),
  });
  const enqueue = (room: string, n: number) => batcher.enqueue({ room, n });
  const sizes = () => batches.map(({ rows }) => rows.map(({ room, n }) => `${room}${n}`).join(" "));
  return { clock, batches, batcher, enqueue, sizes };
}

test("a row that comes alone starts at once; what comes meanwhile is the next batch", async () => {
  const { enqueue, batches, sizes } = openBatcher();
  const first = enqueue("a", 1);
  await settle();
  const others = [enqueue("a", 2), enqueue("b", 1), enqueue("a", 3)];
  expect(sizes()).toEqual(["a1"]);
  batches[0]?.end();
  expect(await first).toBe("a1");
  await settle();
  expect(sizes()).toEqual(["a1", "a2 b1 a3"]);
  batches[1]?.end();
  expect(await Promise.all(others)).toEqual(["a2", "b1", "a3"]);
});

test("a batch has a bound, and one lane has one batch in flight", async () => {
  const { enqueue, batches, sizes, batcher } = openBatcher();
  const rows = Array.from({ length: 6 }, (_, i) => enqueue("a", i));
  await settle();
  expect(sizes()).toEqual(["a0 a1 a2 a3"]);
  batches[0]?.end();
  await settle();
  expect(sizes()).toEqual(["a0 a1 a2 a3", "a4 a5"]);
  batches[1]?.end();
  await Promise.all([...rows, batcher.whenIdle()]);
});

test("all rows of a key go through one lane, and lanes do not wait for each other", async () => {
  const { enqueue, sizes } = openBatcher({ laneCount: 2 });
  const rooms = ["a", "b", "c", "d", "e"];
  const lane = (room: string) => hashKey(room) % 2;
  expect(new Set(rooms.map(lane)).size).toBe(2);
  for (const room of rooms) void enqueue(room, 1);
  await settle();
  const expected = [0, 1].map((n) =>
    rooms
      .filter((room) => lane(room) === n)
      .map((room) => `${room}1`)
      .join(" "),
  );
  expect(sizes().sort()).toEqual(expected.sort());
});

test("a full lane refuses at once with server.busy, and takes again when there is room", async () => {
  const { enqueue, batches } = openBatcher({ maxQueued: 2, maxBatch: 1 });
  const rows = [enqueue("a", 1), enqueue("a", 2)];
  await settle();
  rows.push(enqueue("a", 3));
  expect(await codeOf(enqueue("a", 4))).toBe("server.busy");
  for (let i = 0; i < 3; i++) {
    batches[i]?.end();
    await settle();
  }
  expect(await Promise.all(rows)).toEqual(["a1", "a2", "a3"]);
});

test("an unknown outcome runs the very same batch again, before anything that came later", async () => {
  const { enqueue, batches, sizes, clock } = openBatcher();
  const first = enqueue("a", 1);
  await settle();
  const second = enqueue("a", 2);
  batches[0]?.fail(new Error("the connection was lost"));
  await clock.advance(25);
  expect(sizes()).toEqual(["a1", "a1"]);
  batches[1]?.end();
  expect(await first).toBe("a1");
  await settle();
  batches[2]?.end();
  expect(await second).toBe("a2");
});

test("what will not pass soon is told at once to all whom it meets, without another try", async () => {
  const { enqueue, batches } = openBatcher();
  const rows = [enqueue("a", 1), enqueue("b", 1)];
  await settle();
  batches[0]?.fail(new Refusal("refuse"));
  for (const row of rows) expect(await codeOf(row)).toBe("server.unavailable");
  expect(batches).toHaveLength(1);
});

test("gives a batch up at its deadline, also when the database never answers", async () => {
  const { enqueue, batches, clock } = openBatcher();
  const codes = [codeOf(enqueue("a", 1)), codeOf(enqueue("a", 2))];
  await clock.advance(8_000);
  expect(await Promise.all(codes)).toEqual(["server.unavailable", "server.unavailable"]);
  const next = enqueue("a", 3);
  await settle();
  batches.at(-1)?.end();
  expect(await next).toBe("a3");
});

test("a row to blame is found by halves; the others are written", async () => {
  const { enqueue, batches, clock } = openBatcher();
  const codes = [1, 2, 3, 4].map((n) => enqueue("a", n).catch((error) => error.code));
  await settle();
  for (let i = 0; i < batches.length; i++) {
    const batch = batches[i];
    if (batch?.rows.some(({ n }) => n === 3)) batch.fail(new Refusal("split"));
    else batch?.end();
    await clock.advance(0);
  }
  expect(await Promise.all(codes)).toEqual(["a1", "a2", "request.invalid", "a4"]);
});

test("a room that somebody holds stops only its own rows, all of them", async () => {
  const { enqueue, batches, clock } = openBatcher();
  const rows = (["a", "b", "a", "c"] as const).map((room, n) => enqueue(room, n).catch((error) => error.code));
  await settle();
  for (let i = 0; i < batches.length; i++) {
    const batch = batches[i];
    if (batch?.rows.some(({ room }) => room === "a")) batch.fail(new Refusal("split_by_key"));
    else batch?.end();
    await clock.advance(0);
  }
  expect(await Promise.all(rows)).toEqual(["server.unavailable", "b1", "server.unavailable", "c3"]);
});
