import type { Limits, RoomCatchUp } from "@maru/protocol";
import { toWireId } from "@maru/protocol";
import { BatchLoader } from "../../../platform/batch-loader.ts";
import { Semaphore } from "../../../platform/semaphore.ts";
import { listMembershipsOf, type Membership } from "../members/store-members.ts";
import type { Policies } from "../policy.ts";
import type { IdentityPort, RoomsDatabase } from "../ports.ts";
import { loadProfiles, presentChanges, presentMessage } from "../present.ts";
import { findPage } from "../store-messages.ts";
import { listSummaries } from "../store-summaries.ts";
import type { AccountChangePublisher } from "./account-change-publisher.ts";
import type { Epochs } from "./epochs.ts";
import { beginSnapshot, listChangesSince } from "./store-changes.ts";

/** Questions about rights that the database is asked at once. */
const batchAsks = 100;
/** Messages in the fresh page of a reset. */
const resetMessages = 50;

/** Fresh pages read at a time: each holds a connection for several questions, and the pool has sixteen. */
const resetBounds = { permits: 3, maxWaiting: 2_000 };

export type RoomPosition = { readonly roomId: string; readonly epoch: string; readonly rev: number };

export type CatchUpDeps = {
  readonly db: RoomsDatabase;
  readonly identity: IdentityPort;
  readonly policies: Policies;
  readonly epochs: Epochs;
  readonly accountChanges: AccountChangePublisher;
  readonly limits: Limits;
};

/** Brings an account up to date in rooms it holds: what changed since its positions, or a fresh page where that is too much. */
export class CatchUps {
  readonly #deps: CatchUpDeps;
  readonly #resets = new Semaphore(resetBounds);
  readonly #memberships: BatchLoader<Asked, Map<string, Membership>>;

  constructor(deps: CatchUpDeps) {
    this.#deps = deps;
    this.#memberships = new BatchLoader(batchAsks, (asks) => readMemberships(deps.db, asks));
  }

  /** Reads today's memberships of an account that give it the right to read. */
  async listReadable(accountId: string, roomIds: readonly string[]): Promise<Map<string, Membership>> {
    if (roomIds.length === 0) return new Map();
    const readable = (await this.#memberships.load({ accountId, roomIds })) ?? new Map<string, Membership>();
    for (const [roomId, membership] of readable) {
      if (!this.#deps.policies.can("read", membership.facts)) readable.delete(roomId);
    }
    return readable;
  }

  /** Loads what happened since positions, in their order; one position per room. The caller has checked the rights. */
  async load(
    accountId: string,
    positions: readonly RoomPosition[],
    readable: ReadonlyMap<string, Membership>,
  ): Promise<RoomCatchUp[]> {
    const { db, epochs, policies, identity, limits } = this.#deps;
    const known = positions.filter((position) => {
      const membership = readable.get(position.roomId);
      // For who is paused the room stands where it stood: what has changed since is not even looked for.
      return membership && !membership.isPaused && epochs.ofRoom(membership.roomEpoch) === position.epoch;
    });
    const isOf = ({ roomEpoch }: Membership, epoch: string) => epochs.ofRoom(roomEpoch) === epoch;
    const found = await listChangesSince(db.sql, known, limits.catchUpChanges);
    const profiles = await loadProfiles(identity, policies, [...found.values()]);
    const catchUps: RoomCatchUp[] = [];
    for (const position of positions) {
      const membership = readable.get(position.roomId);
      if (membership === undefined) continue;
      if (membership.isPaused && membership.rev === position.rev && isOf(membership, position.epoch)) {
        catchUps.push(presentNothingMissed(membership.roomId, position.epoch, position.rev));
        continue;
      }
      const room = found.get(position.roomId);
      const fits = room?.isComplete && room.rev >= position.rev && epochs.ofRoom(room.roomEpoch) === position.epoch;
      if (room === undefined || !fits) {
        const reset = await this.#reset(accountId, position.roomId);
        if (reset !== null) catchUps.push(reset);
        continue;
      }
      catchUps.push({
        roomId: toWireId("room", room.roomId),
        reset: false,
        epoch: position.epoch,
        fromRev: position.rev,
        toRev: room.rev,
        changes: presentChanges(room, position.rev, { memberId: membership.memberId, policies, profiles }),
      });
    }
    return catchUps;
  }

  /** Reads a room afresh: its row and newest page of one snapshot. Null when the account may not read it. */
  async #reset(accountId: string, roomId: string): Promise<RoomCatchUp | null> {
    const { db, policies, epochs, accountChanges } = this.#deps;
    const { readable } = policies;
    const { page, row } = await this.#resets.run(accountId, () =>
      db.transaction(async (tx) => {
        await beginSnapshot(tx);
        const newest = await findPage(tx, {
          roomId,
          accountId,
          readable,
          place: { from: "newest" },
          limit: resetMessages,
        });
        return { page: newest, row: (await listSummaries(tx, [{ accountId, roomId }]))[0] };
      }),
    );
    if (page === null || row === undefined) return null;
    const [room] = await accountChanges.present([row]);
    if (room === undefined) return null;
    return {
      roomId: toWireId("room", roomId),
      reset: true,
      epoch: epochs.ofRoom(row.roomEpoch),
      toRev: row.rev,
      room,
      messages: page.messages.map(presentMessage),
      hasOlder: page.hasOlder,
    };
  }
}

/** Replies to a client that stands where the room stands for it. */
export function presentNothingMissed(roomId: string, epoch: string, rev: number): RoomCatchUp {
  return { roomId: toWireId("room", roomId), reset: false, epoch, fromRev: rev, toRev: rev, changes: [] };
}

type Asked = { readonly accountId: string; readonly roomIds: readonly string[] };

/** Reads the memberships that several have asked for: one question to the database. */
async function readMemberships(
  db: RoomsDatabase,
  asks: readonly Asked[],
): Promise<Map<Asked, Map<string, Membership>>> {
  const pairs = asks.flatMap(({ accountId, roomIds }) => roomIds.map((roomId) => ({ accountId, roomId })));
  const found = await listMembershipsOf(db.sql, pairs);
  return new Map(
    asks.map((ask) => {
      const own = new Map<string, Membership>();
      for (const roomId of ask.roomIds) {
        const membership = found.get(`${ask.accountId}${roomId}`);
        if (membership) own.set(roomId, membership);
      }
      return [ask, own];
    }),
  );
}

/** Keeps the last position of each room: a client that names one twice gets one answer. */
export function uniquePositions(positions: readonly RoomPosition[]): RoomPosition[] {
  return [...new Map(positions.map((position) => [position.roomId, position])).values()];
}
