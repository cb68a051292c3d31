import type { Block } from "@maru/protocol";
import { fail } from "../../platform/errors.ts";
import type { AccountFeed, Stamp } from "./account-feed.ts";
import type { Policies } from "./policy.ts";
import type { BlockLabel, IdentityPort, RoomsDatabase, Sql } from "./ports.ts";
import { avatarSeedOf } from "./present.ts";
import { runWrite } from "./retry.ts";
import { listSharedPairRooms, updatePosting } from "./store-endings.ts";
import { findMember, listMemberships } from "./store-members.ts";
import { directKeyOf, lockPairs, lockRooms } from "./store-rooms.ts";

export type BlockingDeps = {
  readonly db: RoomsDatabase;
  readonly identity: IdentityPort;
  readonly policies: Policies;
  readonly feed: AccountFeed;
};

type Target = { readonly accountId: string; readonly label: BlockLabel };

/** Blocks between people, as rooms feel them: in rooms of the two neither may post while either blocks the other. */
export class Blocking {
  readonly #deps: BlockingDeps;

  constructor(deps: BlockingDeps) {
    this.#deps = deps;
  }

  /** Blocks the person behind a member. Again is the same block. */
  async blockMember(accountId: string, roomId: string, memberId: string): Promise<Block> {
    const { db, identity, feed } = this.#deps;
    const target = await this.#findTarget(accountId, roomId, memberId);
    const { block, stamps } = await runWrite(() =>
      db.transaction(async (tx) => {
        await lockPairs(tx, [directKeyOf(accountId, target.accountId)]);
        const made = await identity.blockAccount(tx, {
          blockerId: accountId,
          blockedId: target.accountId,
          label: target.label,
        });
        return { block: made, stamps: await this.#applyBlocks(tx, accountId, target.accountId) };
      }),
    );
    identity.announceBlocked({ blockerId: accountId, blockedId: target.accountId });
    void feed.announce(stamps);
    return block;
  }

  listBlocks(accountId: string): Promise<Block[]> {
    return this.#deps.identity.listBlocks(accountId);
  }

  /** Ends a block. The two may post again unless the other one blocks too. */
  async removeBlock(accountId: string, blockId: string): Promise<void> {
    const { db, identity, feed } = this.#deps;
    const blockedId = await identity.findBlocked(db.sql, accountId, blockId);
    if (blockedId === null) throw fail("block.not_found");
    const stamps = await runWrite(() =>
      db.transaction(async (tx) => {
        await lockPairs(tx, [directKeyOf(accountId, blockedId)]);
        await identity.unblockAccount(tx, accountId, blockId);
        return this.#applyBlocks(tx, accountId, blockedId);
      }),
    );
    identity.announceUnblocked({ blockerId: accountId, blockedId });
    void feed.announce(stamps);
  }

  /** Makes the rights of two people to post to each other what their blocks say, for blocks written elsewhere. */
  async refreshPosting(a: string, b: string): Promise<void> {
    const { db, feed } = this.#deps;
    const stamps = await runWrite(() =>
      db.transaction(async (tx) => {
        await lockPairs(tx, [directKeyOf(a, b)]);
        return this.#applyBlocks(tx, a, b);
      }),
    );
    void feed.announce(stamps);
  }

  /** The pair is locked: nobody makes a room of the two meanwhile. Each post is before or after, never between. */
  async #applyBlocks(tx: Sql, a: string, b: string): Promise<Stamp[]> {
    const { identity, feed } = this.#deps;
    const roomIds = await listSharedPairRooms(tx, a, b);
    if (roomIds.length === 0) return [];
    await lockRooms(tx, roomIds);
    const mayPost = (await identity.listBlocksAmong(tx, [a, b])).length === 0;
    return feed.stamp(tx, await updatePosting(tx, roomIds, mayPost));
  }

  async #findTarget(accountId: string, roomId: string, memberId: string): Promise<Target> {
    const { db, policies, identity } = this.#deps;
    const [memberships, member] = await Promise.all([
      listMemberships(db.sql, accountId, [roomId]),
      findMember(db.sql, roomId, memberId),
    ]);
    const own = memberships.get(roomId);
    if (own === undefined || !policies.canRead(own)) throw fail("room.not_found");
    if (member === null || member.accountId === accountId) throw fail("member.not_found");
    const avatarSeed = avatarSeedOf(memberId);
    if (policies.showsAlias(own.kind)) {
      const { alias } = member;
      return { accountId: member.accountId, label: alias ? { alias, avatarSeed } : { avatarSeed } };
    }
    const profile = (await identity.getProfiles([member.accountId])).get(member.accountId);
    const label = profile ? { name: profile.nickname, avatarSeed: profile.avatarSeed } : { avatarSeed };
    return { accountId: member.accountId, label };
  }
}
