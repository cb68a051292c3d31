import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const nobody = "0198c0de000070008000000000000009";

describe("profiles", () => {
  test("are told for many at once; who is not there is missing", async () => {
    const [one, two] = [await world.signUpPerson(), await world.signUpPerson()];
    const profiles = await world.identity.getProfiles([one.accountId, two.accountId, nobody]);
    expect([...profiles.keys()].sort()).toEqual([one.accountId, two.accountId].sort());
    expect(profiles.get(one.accountId)?.nickname).toBe(one.person.nickname);
    expect(await world.identity.getProfiles([])).toEqual(new Map());
  });

  test("have a picture's seed that tells nothing of the account", async () => {
    const { accountId } = await world.signUpPerson();
    const other = await world.signUpPerson();
    const seeds = [...(await world.identity.getProfiles([accountId, other.accountId])).values()].map(
      (profile) => profile.avatarSeed,
    );
    expect(new Set(seeds).size).toBe(2);
    for (const seed of seeds) expect(seed).toMatch(/^[\w-]{16}$/);
  });

  test("are found by nickname however it is spelled; suspended ones are not", async () => {
    const { accountId, person } = await world.signUpPerson();
    const find = world.identity.findAccountByNickname;
    for (const spelling of [
      person.nickname,
      ` ${person.nickname.replace(" ", "")} `,
      person.nickname.normalize("NFD"),
    ]) {
      expect(await find(spelling)).toBe(accountId);
    }
    for (const spelling of ["", "nobody at all", "a\u0000", "\ud800", "%"]) expect(await find(spelling)).toBeNull();
    await world.identity.suspendAccount(accountId);
    expect(await find(person.nickname)).toBeNull();
  });
});

describe("the counter of an account's log", () => {
  test("is gapless under many writers that take several accounts in any order, and none waits for ever", async () => {
    const accounts = await Promise.all(Array.from({ length: 4 }, () => world.signUpPerson()));
    const ids = accounts.map(({ accountId }) => accountId);
    const nodes = await Promise.all([world.openNode(), world.openNode()]);
    const taken = new Map<string, number[]>(ids.map((id) => [id, []]));
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const node = nodes[index % nodes.length];
        const chosen = ids.filter((__, position) => (index >> position) % 2 === 0 || position === index % 4);
        if (index % 2 === 0) chosen.reverse();
        const revs = await node?.db.transaction((tx) => node.identity.takeAccountRevs(tx, chosen));
        for (const [id, rev] of revs ?? []) taken.get(id)?.push(rev);
      }),
    );
    const heads = await world.identity.listAccountRevs(world.db.sql, ids);
    for (const [id, revs] of taken) {
      expect(revs.length).toBeGreaterThan(20);
      expect(revs.sort((a, b) => a - b)).toEqual(Array.from({ length: revs.length }, (_, index) => index + 1));
      expect(heads.get(id)).toBe(revs.length);
    }
  });

  test("is not taken by a write that was rolled back", async () => {
    const { accountId } = await world.signUpPerson();
    await world.db
      .transaction(async (tx) => {
        expect((await world.identity.takeAccountRevs(tx, [accountId])).get(accountId)).toBe(1);
        throw new Error("the rest failed");
      })
      .catch(() => {});
    expect((await world.identity.listAccountRevs(world.db.sql, [accountId, nobody])).get(accountId)).toBe(0);
    expect(await world.db.transaction((tx) => world.identity.takeAccountRevs(tx, [nobody]))).toEqual(new Map());
  });
});
