import type { AccountChangePublisher } from "../log/account-change-publisher.ts";
import type { RoomChanges } from "../log/changes.ts";
import type { Epochs } from "../log/epochs.ts";
import { runWrite } from "../log/retry.ts";
import { writeMember } from "../log/written-changes.ts";
import type { Policies } from "../policy.ts";
import type { IdentityPort, RoomsDatabase } from "../ports.ts";
import { loadProfiles, presentMember } from "../present.ts";
import { lockRooms } from "../store-rooms.ts";
import { listActiveRooms, markMembersChanged } from "./store-renaming.ts";

/** Rooms told in one transaction, and in all: the ones used last. Others show the new name when they are loaded next. */
const batchRooms = 50;
const maxRooms = 1_000;

export type ProfileFanoutDeps = {
  readonly db: RoomsDatabase;
  readonly identity: IdentityPort;
  readonly policies: Policies;
  readonly epochs: Epochs;
  readonly accountChanges: AccountChangePublisher;
  announce(list: readonly RoomChanges[]): void;
};

/** Publishes the new name of a member to the rooms that show profiles. */
export class ProfileFanout {
  readonly #deps: ProfileFanoutDeps;
  /** Accounts whose name is being published, and whether it has changed again meanwhile. */
  readonly #running = new Map<string, { running: Promise<void>; isAgain: boolean }>();

  constructor(deps: ProfileFanoutDeps) {
    this.#deps = deps;
  }

  /**
   * Publishes the new name of an account where others see it. Names are read when they are published, so again is harmless.
   * While one name is under way, all later ones wait for one more round, which publishes the last of them.
   */
  publish(accountId: string): Promise<void> {
    const under = this.#running.get(accountId);
    if (under) {
      under.isAgain = true;
      return under.running;
    }
    const round = { running: Promise.resolve(), isAgain: false };
    const publishAll = async () => {
      do {
        round.isAgain = false;
        await this.#publishOnce(accountId);
      } while (round.isAgain);
    };
    round.running = publishAll().finally(() => this.#running.delete(accountId));
    this.#running.set(accountId, round);
    return round.running;
  }

  async #publishOnce(accountId: string): Promise<void> {
    const { db, policies } = this.#deps;
    const kinds = policies.kinds.filter((kind) => !policies.showsAlias(kind));
    const roomIds = await listActiveRooms(db.sql, { accountId, kinds, limit: maxRooms });
    for (let i = 0; i < roomIds.length; i += batchRooms) {
      await this.#publishRooms(accountId, roomIds.slice(i, i + batchRooms));
    }
  }

  async #publishRooms(accountId: string, roomIds: readonly string[]): Promise<void> {
    const { db, accountChanges, identity, policies, epochs } = this.#deps;
    const { changed, stamps } = await runWrite(() =>
      db.transaction(async (tx) => {
        await lockRooms(tx, roomIds);
        const marked = await markMembersChanged(tx, accountId, roomIds);
        // Those who have a room in their list see the name there too.
        const rows = marked.flatMap(({ roomId, accountIds }) => accountIds.map((id) => ({ accountId: id, roomId })));
        return { changed: marked, stamps: await accountChanges.stamp(tx, rows) };
      }),
    );
    const profiles = await loadProfiles(
      identity,
      policies,
      changed.map(({ kind, member }) => ({ kind, members: [member] })),
    );
    this.#deps.announce(
      changed.map(({ roomId, roomEpoch, kind, member }) => {
        const json = JSON.stringify(presentMember(member, policies.showsAlias(kind), profiles));
        return { roomId, epoch: epochs.ofRoom(roomEpoch), changes: [writeMember(member, "member.updated", json)] };
      }),
    );
    await accountChanges.announce(stamps);
  }
}
