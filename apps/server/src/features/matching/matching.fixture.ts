import { limits as usualLimits } from "@maru/protocol";
import { eventually, FakeClock, seededRandom } from "@maru/testkit";
import { systemClock } from "../../platform/clock.ts";
import type { Database } from "../../platform/db/database.ts";
import { newId } from "../../platform/ids.ts";
import { createLease } from "../../platform/leases.ts";
import { silentLog } from "../../platform/log.ts";
import { createOutbox } from "../../platform/mail/outbox.ts";
import { createSecretBox } from "../../platform/secret-box.ts";
import { openTestDatabase } from "../../testing/open-test-database.ts";
import { createIdentity, generateSigningJwks } from "../identity/index.ts";
import { canPostByDefault, createRooms } from "../rooms/index.ts";
import { WorldHub } from "./bus.fixture.ts";
import { Tab, WorldGateway } from "./gateway.fixture.ts";
import { createMatching, type Matching, type MatchingDeps } from "./index.ts";
import type { PairingParts } from "./pairer.ts";

/** How far time moves between two looks at what it did, in ms: the shortest round of matching. */
const stepMs = 500;

export type WorldNode = {
  readonly matching: Matching;
  readonly gateway: WorldGateway;
  readonly clock: FakeClock;
  readonly db: Database;
  connect(accountId: string): Tab;
  /** Holds every transaction of matching before it begins, as a machine does that stands still; a word ends it. */
  freeze(): () => void;
  /** Takes the node away without a word: its tabs close unheard, its rounds do not run any more. */
  kill(): void;
};
export type NodeOptions = {
  readonly faults?: Partial<PairingParts>;
  readonly deps?: (deps: MatchingDeps) => Partial<MatchingDeps>;
};

/** A database with accounts, rooms and as many nodes as a test asks for. Its time moves only by {@link MatchingWorld.pass}. */
export async function openMatchingWorld() {
  const database = await openTestDatabase();
  const admin = database.connect({ poolSize: 2 }).sql;
  const secretBox = createSecretBox("the sealing secret of the matching world");
  const environment = { db: database.db, clock: systemClock, log: silentLog, secretBox };
  const identity = await createIdentity({
    ...environment,
    outbox: createOutbox({ ...environment, transport: null }),
    signUpMode: "open",
    signingKeys: await generateSigningJwks("test"),
    origin: "http://maru.test",
    allowsOrigin: () => true,
    clientAddress: () => "203.0.113.1",
    operator: {},
  });
  const hub = new WorldHub();
  const nodes: WorldNode[] = [];
  const closers: (() => Promise<void>)[] = [];
  let passedMs = 0;

  async function openNode(options: NodeOptions = {}): Promise<WorldNode> {
    const nodeId = newId();
    const db = database.connect({ poolSize: 4 });
    const clock = new FakeClock();
    const gateway = new WorldGateway();
    const rooms = createRooms({
      db,
      bus: { publish: () => {}, subscribe: async () => () => {}, onReconnect: () => {} },
      sockets: gateway,
      identity,
      clock: systemClock,
      newId,
      log: silentLog,
      limits: usualLimits,
      nodeId,
    });
    rooms.registerPolicy("match", {
      canRead: (facts) => facts.memberState === "active",
      canPost: canPostByDefault,
      canManage: () => false,
      shows: "alias",
      onLeave: "close",
    });
    rooms.register(gateway);
    await rooms.start();
    let frozen: Promise<void> | null = null;
    const deps: MatchingDeps = {
      db: {
        sql: db.sql,
        transaction: async (run) => {
          await frozen;
          return db.transaction(run);
        },
      },
      bus: hub.connect(),
      sockets: gateway,
      identity,
      rooms,
      lease: createLease(db, { name: "matching.pairing", holder: nodeId, termMs: 6_000, clock }),
      clock,
      newId,
      random: seededRandom(7),
      log: silentLog,
      limits: usualLimits,
    };
    const matching = createMatching({ ...deps, ...options.deps?.(deps) }, options.faults);
    matching.register(gateway);
    rooms.onRoomEvent((event) => {
      if (event.type === "room.closed") void matching.endMatch(event.roomId);
    });
    identity.onRevoked(({ kind, accountId, reason }) => {
      if (kind !== "account" || reason !== "suspended") return;
      for (const tab of gateway.connectionsOf(accountId)) tab.close();
      void matching.cancel(accountId);
    });
    const node: WorldNode = {
      matching,
      gateway,
      clock,
      db,
      connect: (accountId) => new Tab(accountId, gateway),
      freeze() {
        const { promise, resolve } = Promise.withResolvers<void>();
        frozen = promise;
        nodes.splice(nodes.indexOf(node), 1);
        return () => {
          frozen = null;
          nodes.push(node);
          resolve();
        };
      },
      kill() {
        nodes.splice(nodes.indexOf(node), 1);
        gateway.tabs.clear();
      },
    };
    nodes.push(node);
    closers.push(async () => {
      await matching.stop();
      await rooms.stop();
    });
    await matching.start();
    await settleNode(node);
    return node;
  }

  return {
    database,
    admin,
    identity,
    hub,
    openNode,

    /** Makes accounts without passwords; tells their ids. */
    async newAccounts(count: number): Promise<string[]> {
      const ids = Array.from({ length: count }, newId);
      await admin`
        insert into identity_accounts (id, nickname, nickname_key, avatar_seed, created_at)
        select id, 'n' || left(id::text, 8) || right(id::text, 8), id::text, md5(id::text), now()
        from unnest(${admin.array(ids, "UUID")}::uuid[]) as p (id)`;
      return ids;
    },

    block: (blockerId: string, blockedId: string) => identity.block(blockerId, blockedId, { avatarSeed: "a" }),

    /** Lets time pass for the database and for all nodes, and waits for what it brings about. */
    async pass(ms: number): Promise<void> {
      for (let left = ms; left > 0; left -= stepMs) {
        const step = Math.min(left, stepMs);
        passedMs += step;
        await age(admin, step);
        for (const node of nodes) await node.clock.advance(step);
        for (const node of nodes) await settleNode(node);
      }
    },

    /** A moment of the database as it is told now, after time has passed since it was told first. */
    since: (iso: string, toldAtMs: number) => new Date(Date.parse(iso) - (passedMs - toldAtMs)).toISOString(),
    get passedMs(): number {
      return passedMs;
    },

    /** Sends everybody home: what one test left behind must not meet the people of the next. */
    async clear(): Promise<void> {
      for (const node of nodes) node.gateway.tabs.clear();
      await admin`delete from matching_requests`;
      await admin`update matching_matches set ended_at = clock_timestamp() where ended_at is null`;
    },

    /** Lets the rounds of some or all nodes run and end, while the database's time stands still. */
    async settle(some: readonly WorldNode[] = nodes, ms = stepMs): Promise<void> {
      for (const node of [...some]) await node.clock.advance(ms);
      for (const node of [...some]) await settleNode(node);
    },

    async close(): Promise<void> {
      for (const close of closers) await close();
      await database.close();
    },
  };
}

export type MatchingWorld = Awaited<ReturnType<typeof openMatchingWorld>>;

/** A node rests when both of its rounds wait for their next time. */
const settleNode = async ({ clock }: WorldNode) => {
  await eventually("the rounds of a node to end", () => clock.pendingCount === 2);
};

/** Moves everything in the database that tells a time of matching into the past. */
async function age(sql: Bun.SQL, ms: number): Promise<void> {
  const by = `${ms} ms`;
  await sql`
    update matching_requests set requested_at = requested_at - ${by}::interval,
      alive_until = alive_until - ${by}::interval, ends_at = ends_at - ${by}::interval`;
  await sql`
    update matching_matches set made_at = made_at - ${by}::interval, ended_at = ended_at - ${by}::interval,
      low_requested_at = low_requested_at - ${by}::interval, high_requested_at = high_requested_at - ${by}::interval,
      low_alive_until = low_alive_until - ${by}::interval, high_alive_until = high_alive_until - ${by}::interval`;
  await sql`update matching_endings set ended_at = ended_at - ${by}::interval`;
  await sql`update identity_blocks set blocked_at = blocked_at - ${by}::interval`;
  await sql`update platform_leases set expires_at = expires_at - ${by}::interval`;
}
