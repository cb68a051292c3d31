import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import { createSecretBox } from "../../../platform/secret-box.ts";
import { openTestDatabase, type TestDatabase } from "../../../testing/open-test-database.ts";
import { createSharedAttempts, type SharedAttempts } from "./shared-attempts.ts";

const rule = { freeFailures: 3, baseDelayMs: 1_000, maxDelayMs: 8_000, forgetMs: 60_000 };
const secretBox = createSecretBox("a secret that is long enough for this");
let database: TestDatabase;
let clock: FakeClock;
let nodes: SharedAttempts[];

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.sql`delete from identity_attempts`;
  clock = new FakeClock();
  nodes = [0, 1].map(() => createSharedAttempts({ db: database.db, clock, secretBox, limit: "second_factor", rule }));
});

/** The wait that a further attempt is told, or 0 when it may start; each time on the next node. */
async function waitOf(key: string): Promise<number> {
  const [node] = nodes;
  void nodes.reverse();
  return (node as SharedAttempts).begin(key).then(
    () => 0,
    (error: { code: string; retryAfterMs: number }) => {
      expect(error.code).toBe("rate.limited");
      return error.retryAfterMs;
    },
  );
}

describe("attempts that nodes share", () => {
  test("a few are free on all nodes together, then the wait doubles up to its bound", async () => {
    for (let index = 0; index < 3; index++) expect(await waitOf("a")).toBe(0);
    const waits: number[] = [];
    for (let index = 0; index < 6; index++) {
      expect(await waitOf("a")).toBe(0);
      const wait = await waitOf("a");
      waits.push(wait);
      await clock.advance(wait);
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    expect(await waitOf("b")).toBe(0);
  });

  test("a refused attempt prolongs nothing, and quiet time forgets", async () => {
    for (let index = 0; index < 4; index++) await waitOf("a");
    await clock.advance(600);
    expect(await waitOf("a")).toBe(400);
    await clock.advance(60_000);
    for (let index = 0; index < 4; index++) expect(await waitOf("a")).toBe(0);
    expect(await waitOf("a")).toBe(1_000);
  });

  test("many at once are no more than the free ones and one", async () => {
    const waits = await Promise.all(Array.from({ length: 40 }, () => waitOf("a")));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(4);
  });

  test("what came to no answer is taken back, and its owner's success forgets all", async () => {
    const [node] = nodes as [SharedAttempts];
    for (let index = 0; index < 4; index++) await waitOf("a");
    await node.takeBack("a");
    expect(await waitOf("a")).toBe(0);
    expect(await waitOf("a")).toBe(1_000);
    await node.forget("a");
    // The other node has just been told otherwise, and asks again in a moment.
    await clock.advance(250);
    for (let index = 0; index < 4; index++) expect(await waitOf("a")).toBe(0);
  });

  test("the table does not tell whose they are", async () => {
    await waitOf("bom@maru.example");
    const rows = JSON.stringify(await database.db.sql`select a::text as row from identity_attempts a`);
    expect(rows).not.toContain("bom");
  });
});
