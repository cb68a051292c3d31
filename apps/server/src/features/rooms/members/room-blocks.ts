import type { Block } from "@maru/protocol";
import { fail } from "../../../platform/errors.ts";
import type { AccountChangePublisher } from "../log/account-change-publisher.ts";
import { runWrite } from "../log/retry.ts";
import type { Sights } from "../log/sights.ts";
import type { Policies, RoomPolicy } from "../policy.ts";
import type { BlockLabel, BlockScope, IdentityPort, RoomsDatabase, Sql } from "../ports.ts";
import { avatarSeedOf } from "../present.ts";
import { directKeyOf, lockPairs } from "../store-rooms.ts";
import { applyPersonBlocks } from "./pausing.ts";
import type { Announcement, RoomLeave } from "./room-leave.ts";
import { findMember, listMemberships } from "./store-members.ts";

export type RoomBlocksDeps = {
  readonly db: RoomsDatabase;
  readonly identity: IdentityPort;
  readonly policies: Policies;
  readonly accountChanges: AccountChangePublisher;
  readonly roomLeave: RoomLeave;
  readonly sights: Sights;
};

type Target = {
  readonly accountId: string;
  readonly label: BlockLabel;
  readonly scope: BlockScope;
  /** True when the room of an alias ends with the block. */
  readonly endsRoom: boolean;
};

/**
 * Blocks between people, as rooms feel them. Made under an alias, a block ends that room and nothing else here. Made on a
 * person, it pauses the blocker in their direct room: the blocked one cannot tell it from silence.
 */
export class RoomBlocks {
  readonly #deps: RoomBlocksDeps;

  constructor(deps: RoomBlocksDeps) {
    this.#deps = deps;
  }

  /** Blocks the person behind a member, also of a room that one has left. Again is the same block. */
  async blockMember(accountId: string, roomId: string, memberId: string): Promise<Block> {
    const { db, identity } = this.#deps;
    const target = await this.#findTarget(accountId, roomId, memberId);
    const pair = { blockerId: accountId, blockedId: target.accountId };
    const { block, announcement } = await runWrite(() =>
      db.transaction(async (tx) => {
        await lockPairs(tx, [directKeyOf(accountId, target.accountId)]);
        const made = await identity.blockAccount(tx, { ...pair, label: target.label, scope: target.scope });
        return { block: made, announcement: await this.#applyBlock(tx, pair, target, roomId) };
      }),
    );
    identity.announceBlocked(pair);
    announcement?.announce();
    return block;
  }

  listBlocks(accountId: string): Promise<Block[]> {
    return this.#deps.identity.listBlocks(accountId);
  }

  /** Ends a block. A room that ended with it stays ended. */
  async removeBlock(accountId: string, blockId: string): Promise<void> {
    const { db, identity } = this.#deps;
    const found = await identity.findBlocked(db.sql, accountId, blockId);
    if (found === null) throw fail("block.not_found");
    const announcement = await runWrite(() =>
      db.transaction(async (tx) => {
        await lockPairs(tx, [directKeyOf(accountId, found.blockedId)]);
        await identity.unblockAccount(tx, accountId, blockId);
        return found.scope.of === "person" ? this.#applyToPair(tx, accountId, found.blockedId) : null;
      }),
    );
    identity.announceUnblocked({ blockerId: accountId, blockedId: found.blockedId });
    announcement?.announce();
  }

  /** Makes the direct room of two people what their blocks say, for blocks written elsewhere. */
  async refreshBlocks(a: string, b: string): Promise<void> {
    const announcement = await runWrite(() =>
      this.#deps.db.transaction(async (tx) => {
        await lockPairs(tx, [directKeyOf(a, b)]);
        return this.#applyToPair(tx, a, b);
      }),
    );
    announcement.announce();
  }

  #applyBlock(
    tx: Sql,
    { blockerId, blockedId }: { blockerId: string; blockedId: string },
    target: Target,
    roomId: string,
  ): Promise<Announcement> | null {
    if (target.scope.of === "person") return this.#applyToPair(tx, blockerId, blockedId);
    return target.endsRoom ? this.#deps.roomLeave.closeIn(tx, roomId) : null;
  }

  async #applyToPair(tx: Sql, a: string, b: string): Promise<Announcement> {
    const { identity, accountChanges, sights } = this.#deps;
    const paused = await applyPersonBlocks(tx, identity, a, b);
    const pairs = paused?.accountIds.map((accountId) => ({ accountId, roomId: paused.roomId })) ?? [];
    const stamps = await accountChanges.stamp(tx, pairs);
    return {
      announce() {
        void accountChanges.announce(stamps);
        if (paused && pairs.length > 0) sights.announce(paused.roomId);
      },
    };
  }

  async #findTarget(accountId: string, roomId: string, memberId: string): Promise<Target> {
    const { db, policies, identity } = this.#deps;
    const [memberships, member] = await Promise.all([
      listMemberships(db.sql, accountId, [roomId]),
      findMember(db.sql, roomId, memberId),
    ]);
    const own = memberships.get(roomId);
    const policy = own && policies.find(own.facts.kind);
    // Whoever has left goes on knowing whom they met there.
    if (!own || !policy) throw fail("room.not_found");
    if (member === null || member.accountId === accountId) throw fail("member.not_found");
    const avatarSeed = avatarSeedOf(memberId);
    if (policy.shows === "alias") {
      const { alias } = member;
      return {
        accountId: member.accountId,
        label: alias ? { alias, avatarSeed } : { avatarSeed },
        scope: { of: "alias", roomId },
        endsRoom: endsWithBlock(policy),
      };
    }
    const profile = (await identity.getProfiles([member.accountId])).get(member.accountId);
    const label = profile ? { name: profile.nickname, avatarSeed: profile.avatarSeed } : { avatarSeed };
    return { accountId: member.accountId, label, scope: { of: "person" }, endsRoom: false };
  }
}

/** A room that ends for both when one leaves is one of two, and ends as well when one of them blocks. */
const endsWithBlock = (policy: RoomPolicy) => policy.onLeave === "close";
