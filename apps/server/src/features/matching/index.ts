import { type MatchState, toWireId } from "@maru/protocol";
import { defineFeature } from "../../feature-contract/feature.ts";
import { PeriodicTask } from "../../platform/periodic-task.ts";
import type { RoomPolicy } from "../rooms/index.ts";
import { createMatchingContributor } from "./account-contributor.ts";
import { Heartbeat } from "./heartbeat.ts";
import { MatchNotifier } from "./match-notifier.ts";
import { NoShows } from "./no-shows.ts";
import { Pairer, type PairingParts } from "./pairer.ts";
import type { MatchingDeps, MatchingGateway, MatchRoomConsumer, PairingLease } from "./ports.ts";
import { registerCommands } from "./realtime.ts";
import { Requests } from "./requests.ts";
import { matchRoomPolicy } from "./room-policy.ts";
import { eraseAccount, listMatchTimes } from "./store-erasing.ts";
import { endMatches, listStates } from "./store-matches.ts";
import { aliveMs } from "./times.ts";

export type { MatchingDeps, PairingLease } from "./ports.ts";
export { matchRoomPolicy };

/** How often a node looks for pairs without being woken, in ms: what the bus lost waits no longer than this. */
const pairEveryMs = 500;
/** How often a node vouches for its waiting connections, in ms. */
const keepEveryMs = 1_000;
/** How long the right to pair outlives the node that has it, in ms. */
const leaseMs = 6_000;

/** Strangers who want to meet, and the pairs they become. */
export interface Matching {
  register(gateway: MatchingGateway): void;
  /** Starts to vouch for those who wait here, and to pair unless another process does. */
  start(options?: { readonly pairs?: boolean }): Promise<void>;
  stop(): Promise<void>;
  /** Where an account stands. */
  findState(accountId: string): Promise<MatchState>;
  /** Ends the wait of an account that may not match any more. */
  cancel(accountId: string): Promise<MatchState>;
  /** Marks matches as over whose rooms have closed; to be registered with rooms. */
  readonly roomConsumer: MatchRoomConsumer;
  /** Forgets an account that is erased. */
  eraseAccount(accountId: string): Promise<void>;
  /** What is held on an account, for its owner to take along. */
  exportAccount(accountId: string): Promise<unknown>;
}

/** `faults` are for tests, which plant them to show that they are found. */
export function createMatching(deps: MatchingDeps, faults: Partial<PairingParts> = {}): Matching {
  // Who may be matched is told from who is within the grace by how long they are vouched for.
  if (deps.limits.matchGraceMs >= aliveMs) throw new Error(`matchGraceMs must be less than ${aliveMs}.`);
  const notifier = new MatchNotifier(deps.bus, deps.sockets, deps.log);
  const heartbeat = new Heartbeat(deps, notifier);
  const pairer = new Pairer(deps, notifier, faults);
  const noShows = new NoShows(deps, notifier);
  const requests = new Requests(deps, notifier, heartbeat);
  deps.accountLog.contribute(createMatchingContributor((accountIds) => requests.findAll(accountIds)));
  const report = (work: string) => (error: unknown) => deps.log.warn(`${work} failed and is tried again.`, { error });
  const round = async () => {
    if (!(await deps.lease.hold())) return;
    await noShows.undo();
    await pairer.pair();
  };
  const pairing = new PeriodicTask(deps.clock, pairEveryMs, round, report("Pairing"));
  const keeping = new PeriodicTask(deps.clock, keepEveryMs, () => heartbeat.look(), report("Vouching for the waiting"));
  let close: (() => Promise<void>) | null = null;

  return {
    register(gateway) {
      registerCommands(gateway, requests, deps.takeShared);
      gateway.onClosed((_connection, accountId) => {
        heartbeat.leave(accountId).catch(report("Shortening a wait"));
      });
    },
    async start({ pairs = true } = {}) {
      close = await notifier.open(() => pairs && pairing.wake());
      if (pairs) pairing.wake();
      keeping.wake();
    },
    async stop() {
      await Promise.all([pairing.stop(), keeping.stop()]);
      await close?.();
      await deps.lease.release();
    },
    findState: (accountId) => requests.find(accountId),
    cancel: (accountId) => requests.cancel(accountId, "suspended"),
    roomConsumer: {
      name: "matching",
      kinds: ["match"],
      aspect: "state",
      async take(tx, rooms) {
        const closed = rooms.filter(({ state }) => state === "closed").map(({ roomId }) => roomId);
        const sides = closed.length > 0 ? await endMatches(tx, closed) : [];
        const accountIds = sides.map(({ accountId }) => accountId);
        const states = sides.length > 0 ? await listStates(tx, accountIds) : new Map<string, MatchState>();
        return () => {
          for (const { accountId, requestId, roomId } of sides) {
            const match = states.get(accountId);
            // Who waits again, or is in another match, has been told so.
            if (match?.state !== "idle") continue;
            notifier.publish({ accountId, requestId, match, endedRoomId: toWireId("room", roomId) });
          }
        };
      },
    },
    eraseAccount: (accountId) => deps.db.transaction((tx) => eraseAccount(tx, accountId)),
    exportAccount: async (accountId) => ({ matches: await listMatchTimes(deps.db.sql, accountId) }),
  };
}

/** What matching needs of a node and of the features before it. */
type MatchingPorts = Omit<MatchingDeps, "lease"> & {
  /** Whether this node may be the one that pairs. */
  readonly isWorker: boolean;
  readonly openLease: (name: string, termMs: number) => PairingLease;
  readonly identity: {
    onRevoked(
      listen: (revoked: { readonly kind: string; readonly accountId: string; readonly reason: string }) => void,
    ): unknown;
  };
  readonly rooms: {
    registerPolicy(kind: "match", policy: RoomPolicy): void;
    registerConsumer(consumer: MatchRoomConsumer): void;
  };
};

/** Matching as a feature of the server. */
export const matching = defineFeature({
  name: "matching",
  folder: import.meta.dir,
  roomKinds: [["match", matchRoomPolicy]],
  create(ports: MatchingPorts) {
    const { identity, rooms, log } = ports;
    const made = createMatching({ ...ports, lease: ports.openLease("matching.pairing", leaseMs) });
    rooms.registerPolicy("match", matchRoomPolicy);
    rooms.registerConsumer(made.roomConsumer);
    identity.onRevoked(({ kind, accountId, reason }) => {
      if (kind !== "account" || (reason !== "suspended" && reason !== "gone")) return;
      made.cancel(accountId).catch((error) => log.warn("A wait was not ended.", { error }));
    });
    return {
      exports: made,
      commands: made.register,
      eraser: {
        depart: (accountId) => made.cancel(accountId).then(() => "done" as const),
        erase: made.eraseAccount,
      },
      exporter: made.exportAccount,
      start: () => made.start({ pairs: ports.isWorker }),
      stop: made.stop,
    };
  },
});
