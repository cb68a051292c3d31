import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { httpPaths, limits } from "@maru/protocol";
import { openWorld, type World } from "../fixtures/identity.fixture.ts";
import { createRevocations, type Revoked } from "./revocations.ts";
import { insertRevocation } from "./store-revocations.ts";

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

type Node = Awaited<ReturnType<World["openNode"]>>;

/** Resolves with the next revocation that a node tells of this account. */
function nextRevoked(node: Pick<Node, "identity">, accountId: string): Promise<Revoked> {
  return new Promise((resolve) => {
    const stop = node.identity.onRevoked((event) => {
      if (event.accountId !== accountId) return;
      stop();
      resolve(event);
    });
  });
}

const newId = () => Bun.randomUUIDv7("hex").replaceAll("-", "");
const codeOn = async (node: Node, token: string | undefined) =>
  node.identity.authenticator.authenticate(token ?? "").then(
    () => "accepted",
    (error: { code: string }) => error.code,
  );

/** A node's revocations alone, on a clock that the test moves. */
function createAlone(db = world.db) {
  const { clock, log } = world;
  return createRevocations({ db, clock, log });
}

describe("a right that ended", () => {
  test("ends on another node with its next look, half a second later, and is told there once", async () => {
    const other = await world.openNode();
    const { device, accountId } = await world.signUpPerson();
    expect(await codeOn(other, device.accessToken)).toBe("accepted");
    const here: Revoked[] = [];
    const stop = world.identity.onRevoked((event) => here.push(event));
    await device.ask("POST", httpPaths.signOut);
    expect(here.map((event) => event.reason)).toEqual(["signed_out"]);

    const there: Revoked[] = [];
    other.identity.onRevoked((event) => there.push(event));
    const revoked = nextRevoked(other, accountId);
    await world.clock.advance(500);
    expect(await revoked).toMatchObject({ kind: "session", accountId, reason: "signed_out" });
    expect(await codeOn(other, device.accessToken)).toBe("auth.revoked");

    // Looks overlap: what was told is read again and again, and told no more.
    const marker = await world.signUpPerson();
    await marker.device.ask("POST", httpPaths.signOut);
    const later = nextRevoked(other, marker.accountId);
    await world.clock.advance(500);
    await later;
    expect(there.filter((event) => event.accountId === accountId)).toHaveLength(1);
    expect(here.filter((event) => event.accountId === accountId)).toHaveLength(1);
    stop();
  });

  test("of a suspended account ends everywhere, the account before its devices, and comes back with it", async () => {
    const other = await world.openNode();
    const { person, device, accountId } = await world.signUpPerson();
    const events: Revoked[] = [];
    other.identity.onRevoked((event) => events.push(event));
    const revoked = nextRevoked(other, accountId);
    await world.identity.suspendAccount(accountId);
    await world.clock.advance(500);
    await revoked;
    expect(events.map(({ kind, reason }) => [kind, reason])).toEqual([
      ["account", "suspended"],
      ["session", "suspended"],
    ]);
    expect(await codeOn(other, device.accessToken)).toBe("account.suspended");

    const restored = nextRevoked(other, accountId);
    await world.identity.restoreAccount(accountId);
    await world.clock.advance(500);
    expect((await restored).kind).toBe("account_restored");
    expect(await codeOn(other, device.accessToken)).toBe("auth.revoked");
    const again = world.device();
    await again.signIn({ email: person.email, password: person.password });
    expect(await codeOn(other, again.accessToken)).toBe("accepted");
  });

  test("before a node started is known when it serves", async () => {
    const { device } = await world.signUpPerson();
    await device.ask("POST", httpPaths.signOut);
    expect(await codeOn(await world.openNode(), device.accessToken)).toBe("auth.revoked");
  });

  test("whose number was taken before others and committed after them is not overlooked", async () => {
    const alone = createAlone();
    await alone.start();
    const [slow, fast] = [newId(), newId()];
    const seen = new Set<string>();
    let check: () => void = () => {};
    alone.onRevoked(({ sessionId }) => {
      seen.add(sessionId ?? "");
      check();
    });
    const until = (id: string) =>
      new Promise<void>((resolve) => {
        check = () => seen.has(id) && resolve();
        check();
      });
    const { accountId } = await world.signUpPerson();
    const entry = (sessionId: string) => ({ kind: "session", accountId, sessionId, reason: "signed_out" }) as const;
    await world.db.transaction(async (tx) => {
      const early = await insertRevocation(tx, entry(slow));
      const late = await insertRevocation(world.db.sql, entry(fast));
      expect(Number(early?.serial)).toBeLessThan(Number(late?.serial));
      await world.clock.advance(500);
      await until(fast);
      expect(seen.has(slow)).toBe(false);
    });
    await world.clock.advance(500);
    await until(slow);
    await alone.stop();
  });

  test("is not told when the write that ended it was rolled back", async () => {
    const { device, accountId } = await world.signUpPerson();
    const revocations = createAlone();
    await world.db
      .transaction(async (tx) => {
        await revocations.record(tx, [{ kind: "account", accountId, sessionId: null, reason: "suspended" }]);
        throw new Error("the rest failed");
      })
      .catch(() => {});
    expect(await codeOn(world, device.accessToken)).toBe("accepted");
    expect(await codeOn(await world.openNode(), device.accessToken)).toBe("accepted");
  });

  test("is forgotten when no token of it can be alive", async () => {
    const alone = createAlone();
    await alone.start();
    const { accountId } = await world.signUpPerson();
    const sessionIds = Array.from({ length: 50 }, newId);
    const rows = await world.db.transaction((tx) =>
      alone.record(
        tx,
        sessionIds.map((sessionId) => ({ kind: "session", accountId, sessionId, reason: "too_many" })),
      ),
    );
    alone.announce(rows);
    await alone.stop();
    const refusalOf = (sessionId: string) => alone.findRefusal({ accountId: newId(), sessionId });
    expect(sessionIds.every((sessionId) => refusalOf(sessionId) === "auth.revoked")).toBe(true);
    await world.clock.advance(limits.accessTokenMs);
    expect(sessionIds.every((sessionId) => refusalOf(sessionId) === "auth.revoked")).toBe(true);
    await world.db.sql`delete from identity_revocations`;
    await world.clock.advance(5 * 60_000);
    await alone.start();
    await alone.stop();
    expect(alone.countRemembered()).toBe(0);
    expect(refusalOf(sessionIds[0] ?? "")).toBeNull();
  });

  test("is caught up with after the database was away, and what is known stays refused meanwhile", async () => {
    let isAway = false;
    let looks = 0;
    let onLook: () => void = () => {};
    const sql = new Proxy(world.db.sql, {
      apply(target, self, args) {
        looks++;
        queueMicrotask(() => onLook());
        if (isAway) return Promise.reject(new Error("connection refused"));
        return Reflect.apply(target as unknown as (...values: unknown[]) => unknown, self, args);
      },
    });
    const alone = createAlone({ ...world.db, sql });
    const nextLook = () => new Promise<void>((resolve) => (onLook = resolve));
    const [before, during] = [newId(), newId()];
    const { accountId } = await world.signUpPerson();
    const entry = (sessionId: string) => ({ kind: "session", accountId, sessionId, reason: "signed_out" }) as const;
    await insertRevocation(world.db.sql, entry(before));
    await alone.start();
    isAway = true;
    for (let index = 0; index < 3; index++) {
      const look = nextLook();
      await world.clock.advance(500);
      await look;
      // One turn, in which the failed look sets the next one up.
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(looks).toBe(4);
    await insertRevocation(world.db.sql, entry(during));
    expect(alone.findRefusal({ accountId: newId(), sessionId: before })).toBe("auth.revoked");
    expect(alone.findRefusal({ accountId: newId(), sessionId: during })).toBeNull();
    isAway = false;
    const revoked = new Promise<void>((resolve) => {
      alone.onRevoked(({ sessionId }) => sessionId === during && resolve());
    });
    await world.clock.advance(500);
    await revoked;
    expect(alone.findRefusal({ accountId: newId(), sessionId: during })).toBe("auth.revoked");
    await alone.stop();
  });

  test("reaches every listener, also after one that fails", async () => {
    const { device, accountId } = await world.signUpPerson();
    const stops = [
      world.identity.onRevoked(() => {
        throw new Error("a listener's own trouble");
      }),
    ];
    const revoked = nextRevoked(world, accountId);
    expect((await device.ask("POST", httpPaths.signOut)).status).toBe(204);
    expect((await revoked).accountId).toBe(accountId);
    for (const stop of stops) stop();
    expect(world.log.lines.some((line) => line.includes("listener"))).toBe(true);
  });
});
