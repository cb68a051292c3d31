import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Block, blockSchema, fromWireId } from "@maru/protocol";
import { newId } from "../../../platform/ids.ts";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";
import type { BlockPair } from "../index.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const people = async (count: number) => {
  const made = await Promise.all(Array.from({ length: count }, () => world.signUpPerson()));
  return made.map(({ accountId }) => accountId);
};
const label = { alias: { adjective: 1, noun: 2 }, avatarSeed: "room-seed" };
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "done",
    (error: { code: string }) => error.code,
  );

describe("blocks", () => {
  test("hold in both directions, and are told and listed under the label of where they were made", async () => {
    const [alice = "", bob = "", carol = ""] = await people(3);
    const events: BlockPair[] = [];
    const stop = world.identity.onBlocked((event) => events.push(event));
    const block = await world.identity.block(alice, bob, label);
    stop();
    expect(blockSchema.strict().parse(block)).toMatchObject({
      ...label,
      blockedAt: new Date(world.clock.now()).toISOString(),
    });
    expect(JSON.stringify(block)).not.toContain(bob);
    expect(events).toEqual([{ blockerId: alice, blockedId: bob }]);
    expect(await world.identity.isBlockedBetween(alice, bob)).toBe(true);
    expect(await world.identity.isBlockedBetween(bob, alice)).toBe(true);
    expect(await world.identity.isBlockedBetween(alice, carol)).toBe(false);
    expect(await world.identity.listBlocks(alice)).toEqual([block]);
    expect(await world.identity.listBlocks(bob)).toEqual([]);
  });

  test("made again, or ten times at once, are the same block with the first label", async () => {
    const [alice = "", bob = ""] = await people(2);
    let notifiedCount = 0;
    const stop = world.identity.onBlocked(() => notifiedCount++);
    const blocks = await Promise.all(Array.from({ length: 10 }, () => world.identity.block(alice, bob, label)));
    const again = await world.identity.block(alice, bob, { name: "another name", avatarSeed: "x" });
    stop();
    expect(new Set([...blocks, again].map((block) => JSON.stringify(block))).size).toBe(1);
    expect(notifiedCount).toBe(1);
  });

  test("end for who made them; for others and twice they do not exist", async () => {
    const [alice = "", bob = "", carol = ""] = await people(3);
    const block = await world.identity.block(alice, bob, label);
    const blockId = fromWireId(block.id);
    for (const stranger of [bob, carol]) {
      expect(await codeOf(world.identity.unblock(stranger, blockId))).toBe("block.not_found");
      expect(await world.identity.findBlocked(world.db.sql, stranger, blockId)).toBeNull();
    }
    expect(await world.identity.findBlocked(world.db.sql, alice, blockId)).toMatchObject({
      blockedId: bob,
      scope: { of: "person" },
    });
    expect(await world.identity.isBlockedBetween(alice, bob)).toBe(true);
    const events: BlockPair[] = [];
    const stop = world.identity.onUnblocked((event) => events.push(event));
    await world.identity.unblock(alice, blockId);
    expect(await codeOf(world.identity.unblock(alice, blockId))).toBe("block.not_found");
    stop();
    expect(events).toEqual([{ blockerId: alice, blockedId: bob }]);
    expect(await world.identity.isBlockedBetween(alice, bob)).toBe(false);
  });

  test("of both sides are two: ending one leaves the other", async () => {
    const [alice = "", bob = ""] = await people(2);
    const mine = await world.identity.block(alice, bob, label);
    await world.identity.block(bob, alice, label);
    await world.identity.unblock(alice, fromWireId(mine.id));
    expect(await world.identity.isBlockedBetween(alice, bob)).toBe(true);
  });

  test("under two aliases of one person, and of the person, are three: none says that the others are the same", async () => {
    const [alice = "", bob = ""] = await people(2);
    const rooms = [newId(), newId()];
    const scopes = [...rooms.map((roomId) => ({ of: "alias", roomId }) as const), { of: "person" } as const];
    const made = [];
    for (const [i, scope] of scopes.entries()) {
      const seen = { avatarSeed: `seed ${i}` };
      made.push(await world.identity.block(alice, bob, seen, scope));
      expect(await world.identity.block(alice, bob, { avatarSeed: "again" }, scope)).toEqual(made[i] as Block);
    }
    expect(new Set(made.map(({ id }) => id)).size).toBe(3);
    expect(await world.identity.listBlocks(alice)).toHaveLength(3);
    await world.identity.unblock(alice, fromWireId((made[2] as Block).id));
    const left = await world.identity.listBlocksAmong(world.db.sql, [alice, bob]);
    expect(left.map(({ scope }) => scope)).toEqual(["alias", "alias"]);
  });

  test("of who is gone are refused as of somebody who is not there", async () => {
    const [alice = "", bob = ""] = await people(2);
    await world.db.sql`update identity_accounts set state = 'gone' where id = ${bob}`;
    expect(await codeOf(world.identity.block(alice, bob, label))).toBe("member.not_found");
  });

  test("of oneself make no sense", async () => {
    const [alice = ""] = await people(1);
    expect(await codeOf(world.identity.block(alice, alice, label))).toBe("request.invalid");
  });

  test("among many are found in one question, with nobody from outside", async () => {
    const [a = "", b = "", c = "", outsider = ""] = await people(4);
    for (const [one, other] of [
      [a, b],
      [c, a],
      [outsider, a],
      [b, outsider],
    ] as const)
      await world.identity.block(one, other, label);
    const found = await world.identity.blockedAmong([a, b, c]);
    const sorted = (pairs: readonly BlockPair[]) =>
      pairs.map(({ blockerId, blockedId }) => `${blockerId}>${blockedId}`).sort();
    expect(sorted(found)).toEqual([`${a}>${b}`, `${c}>${a}`].sort());
    expect(sorted(await world.identity.listBlocksAmong(world.db.sql, [a, b, c]))).toEqual(sorted(found));
    expect(await world.identity.blockedAmong([])).toEqual([]);
    expect(await world.identity.blockedAmong([a])).toEqual([]);
  });

  test("within a larger write stand or fall with it, and are told by whoever committed", async () => {
    const [alice = "", bob = ""] = await people(2);
    const events: BlockPair[] = [];
    const stop = world.identity.onBlocked((event) => events.push(event));
    const pair = { blockerId: alice, blockedId: bob };
    await world.db
      .transaction(async (tx) => {
        await world.identity.blockAccount(tx, { ...pair, label, scope: { of: "person" } });
        throw new Error("the rest failed");
      })
      .catch(() => {});
    expect(await world.identity.isBlockedBetween(alice, bob)).toBe(false);
    const whole = { ...pair, label, scope: { of: "person" } } as const;
    const block = await world.db.transaction((tx) => world.identity.blockAccount(tx, whole));
    expect(events).toEqual([]);
    world.identity.announceBlocked(pair);
    stop();
    expect(events).toEqual([pair]);
    await world.db.transaction((tx) => world.identity.unblockAccount(tx, alice, fromWireId(block.id)));
    expect(await world.identity.isBlockedBetween(alice, bob)).toBe(false);
  });
});
