import { afterAll, beforeAll, expect, test } from "bun:test";
import { httpPaths } from "@maru/protocol";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";

const weekMs = 604_800_000;
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

async function leave(): Promise<string> {
  const { device, person, accountId } = await world.signUpPerson();
  const left = await device.ask("POST", httpPaths.leave, {
    body: { password: person.password, messages: "keep" },
  });
  expect(left.status).toBe(200);
  return accountId;
}

/** As if the leases of all jobs had run out on the database's clock. */
const expireLeases = () => world.db.sql`update platform_jobs set due_at = clock_timestamp()`;
const findDepartedAt = async (accountId: string): Promise<number | null> => {
  const [row] = await world.db.sql<{ departed_at: Date | null }[]>`
    select departed_at from identity_leavings where account_id = ${accountId}`;
  return row?.departed_at?.getTime() ?? null;
};

test("somebody who cannot be taken in, or erased, holds up nobody", async () => {
  const node = await world.openNode();
  const [broken, well] = [await leave(), await leave()];
  let isBroken = true;
  const failFor = async (accountId: string) => {
    if (accountId === broken && isBroken) throw new Error("the disk is full");
  };
  node.identity.registerEraser({
    name: "first",
    depart: (id) => failFor(id).then(() => "done" as const),
    erase: failFor,
  });
  await node.identity.eraseDue();
  expect([await findDepartedAt(broken), await findDepartedAt(well)]).toEqual([null, world.clock.now()]);
  isBroken = false;
  await node.identity.eraseDue();
  isBroken = true;
  await world.clock.advance(weekMs);
  await node.identity.eraseDue();
  const states = () => Promise.all([broken, well].map((id) => node.identity.findAccountState(id)));
  expect(await states()).toEqual(["gone", null]);
  isBroken = false;
  await node.identity.eraseDue();
  expect(await states()).toEqual([null, null]);
});

test("a node that was frozen in the middle of it marks nobody, and erases nobody, after another has gone on", async () => {
  const [frozen, next] = [await world.openNode(), await world.openNode()];
  const accountId = await leave();
  const reached = Promise.withResolvers<void>();
  const wakes = Promise.withResolvers<void>();
  const hold = async (id: string) => {
    if (id !== accountId) return;
    reached.resolve();
    await wakes.promise;
  };
  frozen.identity.registerEraser({
    name: "held",
    depart: (id) => hold(id).then(() => "done" as const),
    erase: async () => {},
  });
  const waking = frozen.identity.eraseDue();
  await reached.promise;
  await expireLeases();
  await next.identity.eraseDue();
  const departedAt = await findDepartedAt(accountId);
  expect(departedAt).toBe(world.clock.now());
  await world.clock.advance(60_000);
  wakes.resolve();
  await waking;
  expect(await findDepartedAt(accountId)).toBe(departedAt);
  const endings = frozen.jobs.countEndings().filter(({ kind }) => kind === "identity.departures");
  expect(endings).toContainEqual({ kind: "identity.departures", ending: "lost", value: 1 });
});
