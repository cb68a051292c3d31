import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { FakeClock } from "@maru/testkit";
import { openTestDatabase, type TestDatabase } from "../testing/open-test-database.ts";
import { createSecretBox } from "./secret-box.ts";
import { createSharedLimits, type SharedLimits } from "./shared-limits.ts";

const secretBox = createSecretBox("a secret that is long enough for this");
const rules = { edit: { count: 3, windowMs: 60_000 } };
let database: TestDatabase;
let clock: FakeClock;
let nodes: SharedLimits[];

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.db.sql`delete from platform_rate_counts`;
  clock = new FakeClock();
  nodes = [0, 1].map(() => createSharedLimits({ db: database.db, clock, secretBox, rules }));
});

/** The wait that one more gets, or 0 when it may; each time on the next node. */
async function waitOf(owner: string, sql?: Bun.SQL): Promise<number> {
  const [node] = nodes as [SharedLimits];
  nodes.reverse();
  return node.take("edit", owner, sql).then(
    () => 0,
    (error: { code: string; retryAfterMs: number }) => {
      expect(error.code).toBe("rate.limited");
      return error.retryAfterMs;
    },
  );
}

describe("limits that nodes share", () => {
  test("let so many through within any window, on all nodes together, and tell the wait to the ms", async () => {
    expect(await waitOf("a")).toBe(0);
    await clock.advance(10_000);
    expect([await waitOf("a"), await waitOf("a")]).toEqual([0, 0]);
    expect([await waitOf("a"), await waitOf("a")]).toEqual([50_000, 50_000]);
    expect(await waitOf("b")).toBe(0);
    await clock.advance(49_999);
    expect(await waitOf("a")).toBe(1);
    await clock.advance(1);
    // The first is a window old: one may follow it, and no more.
    expect([await waitOf("a"), await waitOf("a")]).toEqual([0, 10_000]);
  });

  test("tell how many have been taken within the window", async () => {
    const [node] = nodes as [SharedLimits];
    expect([await node.take("edit", "a"), await node.take("edit", "a")]).toEqual([1, 2]);
    await clock.advance(60_000);
    expect([await node.take("edit", "a"), await node.take("edit", "b")]).toEqual([1, 1]);
  });

  test("let no more through when forty come at once", async () => {
    const waits = await Promise.all(Array.from({ length: 40 }, () => waitOf("a")));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(3);
  });

  test("count with a transaction only what it commits", async () => {
    const undone = new Error("undone");
    for (let i = 0; i < 5; i++) {
      const running = database.db.transaction(async (tx) => {
        expect(await waitOf("a", tx)).toBe(0);
        throw undone;
      });
      await expect(running).rejects.toBe(undone);
    }
    for (let i = 0; i < 3; i++) expect(await database.db.transaction((tx) => waitOf("a", tx))).toBe(0);
    expect(await waitOf("a")).toBe(60_000);
  });

  test("ask the database nothing for what is refused again", async () => {
    for (let i = 0; i < 3; i++) await waitOf("a");
    const [node] = nodes as [SharedLimits];
    await expect(node.take("edit", "a")).rejects.toMatchObject({ code: "rate.limited" });
    const away = (() => {
      throw new Error("the database was asked");
    }) as unknown as Bun.SQL;
    await expect(node.take("edit", "a", away)).rejects.toMatchObject({ code: "rate.limited", retryAfterMs: 60_000 });
  });

  test("refuse nobody for longer than the window, whatever a clock that was wrong has written", async () => {
    await clock.advance(3_600_000);
    for (let i = 0; i < 4; i++) await waitOf("a");
    clock.jumpWall(-3_600_000);
    expect(await waitOf("a")).toBe(0);
  });

  test("keep rows that tell nothing of their owner, and clear away old ones", async () => {
    await waitOf("acc of bom");
    const rows = () => database.db.sql`select r::text as row from platform_rate_counts r`;
    expect(JSON.stringify(await rows())).not.toContain("bom");
    await clock.advance(60_000);
    await nodes[0]?.sweep();
    expect(await rows()).toHaveLength(1);
    await clock.advance(1);
    await nodes[0]?.sweep();
    expect(await rows()).toHaveLength(0);
  });
});
