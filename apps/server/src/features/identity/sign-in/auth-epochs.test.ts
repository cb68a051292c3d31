import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type EpochWorld, openEpochWorld } from "../fixtures/auth-epoch.fixture.ts";
import {
  type Cell,
  cells,
  describeEffect,
  faultsOf,
  nameOf,
  takenAwayCode,
  walk,
} from "../fixtures/auth-epoch-cells.fixture.ts";
import { flowDrivers } from "../fixtures/auth-epoch-flows.fixture.ts";
import { type AuthFlow, authFlows } from "./auth-epochs.ts";

const patienceMs = 60_000;
const named = (some: readonly Cell[]) => some.map((cell) => [nameOf(cell), cell] as const);
const flowCases = (Object.keys(authFlows) as AuthFlow[]).flatMap((flow) =>
  flowDrivers[flow].map((driver) => [`${flow} ${driver.way}`.trim(), driver] as const),
);

describe("a flow", () => {
  let at: EpochWorld;
  beforeAll(async () => {
    at = await openEpochWorld();
  });
  afterAll(() => at.close());

  test.each(flowCases)(
    "arrives when nothing has changed: %s",
    async (_name, driver) => {
      const person = await at.newPerson();
      const going = await driver.begin(at, person);
      const before = await describeEffect(at, driver, person);
      expect((await going.finish()).code).toBeUndefined();
      expect(await describeEffect(at, driver, person)).not.toBe(before);
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
