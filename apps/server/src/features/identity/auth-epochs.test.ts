import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { type Cell, cells, faultsOf, nameOf, takenAwayCode, walk } from "./auth-epoch-cells-world.ts";
import { journeyDrivers } from "./auth-epoch-journeys-world.ts";
import { type EpochWorld, openEpochWorld } from "./auth-epoch-world.ts";
import { type Journey, journeys } from "./auth-epochs.ts";
import type { AuthEpoch, LockedAccount } from "./locked-account.ts";

const patienceMs = 60_000;
const named = (some: readonly Cell[]) => some.map((cell) => [nameOf(cell), cell] as const);
const ways = (Object.keys(journeys) as Journey[]).flatMap((journey) =>
  journeyDrivers[journey].map((driver) => [`${journey} ${driver.way}`.trim(), driver] as const),
);

describe("a journey", () => {
  let at: EpochWorld;
  beforeAll(async () => {
    at = await openEpochWorld();
  });
  afterAll(() => at.close());

  test.each(ways)(
    "arrives when nothing has changed: %s",
    async (_name, driver) => {
      const person = await at.newPerson();
      const going = await driver.begin(at, person);
      const before = await at.describeWaysIn(person);
      expect((await going.finish()).code).toBeUndefined();
      expect(await at.describeWaysIn(person)).not.toBe(before);
    },
    patienceMs,
  );

  test.each(named(cells))(
    "opens and changes nothing after a change: %s",
    async (_name, cell) => {
      expect(faultsOf(cell, await walk(at, cell))).toEqual([]);
    },
    patienceMs,
  );
});

describe("with epochs that are never raised, as if nobody compared them", () => {
  const guarded = cells.filter((cell) => takenAwayCode(cell) === undefined);
  let at: EpochWorld;
  let openedCount = 0;
  beforeAll(async () => {
    at = await openEpochWorld();
    await at.sql.unsafe(`
      create function keep_auth_epoch() returns trigger language plpgsql as
        $$ begin new.auth_epoch := old.auth_epoch; return new; end $$;
      create trigger keep_auth_epoch before update on identity_accounts
        for each row execute function keep_auth_epoch()`);
  });
  afterAll(() => at.close());

  test.each(named(guarded))(
    "the cell is red: %s",
    async (_name, cell) => {
      const outcome = await walk(at, cell);
      if (outcome.hasOpened) openedCount++;
      expect(faultsOf(cell, outcome)).not.toEqual([]);
    },
    patienceMs,
  );

  test("most of them let somebody in or change something", () => {
    expect(openedCount).toBeGreaterThan(guarded.length / 2);
  });
});

describe("the list of journeys", () => {
  /** What makes an account has none to be compared with. */
  const ofNobody = ["identity_steps.code"];
  /** What only says whose guesses are counted together. */
  const opensNothing = ["identity_sign_in_passes"];
  const stored = new Set<string>(Object.values(journeys).flatMap((journey) => journey.stored));
  let at: EpochWorld;
  beforeAll(async () => {
    at = await openEpochWorld();
  });
  afterAll(() => at.close());

  test("names every kind of step and link that the tables take", async () => {
    const rows = await at.sql<{ table: string; definition: string }[]>`
      select conrelid::regclass::text as table, pg_get_constraintdef(oid) as definition from pg_constraint
      where contype = 'c' and conrelid in ('identity_steps'::regclass, 'identity_links'::regclass)`;
    const kinds = rows.flatMap(({ table, definition }) =>
      [...definition.matchAll(/'(\w+)'::text/g)].map(([, kind]) => `${table}.${kind}`),
    );
    expect(kinds.length).toBeGreaterThanOrEqual(5);
    const ofRegistry = [...stored].filter((name) => name.includes("."));
    expect(kinds.sort()).toEqual([...ofRegistry, ...ofNobody].sort());
  });

  test("names every table in which something of an account waits, and each has the epoch", async () => {
    const rows = await at.sql<{ table: string; has_epoch: boolean }[]>`
      select table_name as table, bool_or(column_name = 'auth_epoch') as has_epoch from information_schema.columns
      where table_schema = 'public' and table_name like 'identity_%' group by table_name
      having bool_or(column_name = 'account_id') and bool_or(column_name in ('expires_at', 'sealed'))`;
    const waiting = rows.filter(({ table }) => !opensNothing.includes(table));
    const tables = new Set(
      [...stored].map((name) => name.split(".")[0]).filter((name) => name !== "identity_auth_sessions"),
    );
    expect(waiting.map(({ table }) => table).sort()).toEqual([...tables].sort() as string[]);
    expect(waiting.filter((row) => !row.has_epoch)).toEqual([]);
  });

  test("is the only way to a locked account: nothing else makes one", async () => {
    // @ts-expect-error an account counts as locked only when auth-epochs.ts has locked it
    const forged: LockedAccount = { accountId: "x", authEpoch: "1" as AuthEpoch, sessionId: null };
    expect(forged.accountId).toBe("x");
    const files = (await readdir(import.meta.dir)).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
    const makers = [];
    for (const name of files) {
      const text = await Bun.file(`${import.meta.dir}/${name}`).text();
      if (/\bas (LockedAccount|ChangingAccount)\b/.test(text)) makers.push(name);
    }
    expect(makers).toContain("auth-epochs.ts");
    expect(makers.filter((name) => name !== "auth-epochs.ts" && !name.endsWith("-world.ts"))).toEqual([]);
  });
});
