import type { Block, Clock } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import { newId } from "../../../platform/ids.ts";
import type { Log } from "../../../platform/log.ts";
import { createListeners } from "../listeners.ts";
import { presentBlock } from "./present.ts";
import {
  type BlockLabel,
  type BlockRow,
  type BlockScope,
  deleteBlock,
  findBlock,
  findOwnBlock,
  insertBlock,
  listBlockPairs,
  listBlocksOf,
} from "./store-blocks.ts";

/** Who blocked whom. Whether the two may meet is asked with `isBlockedBetween`: the other may have blocked as well. */
export type BlockPair = { readonly blockerId: string; readonly blockedId: string };

type NewBlock = BlockPair & { readonly label: BlockLabel; readonly scope: BlockScope };

const person: BlockScope = { of: "person" };

/** The one block graph of all modes: who will not have to do with whom. */
export function createBlocks(deps: { readonly db: Database; readonly clock: Clock; readonly log: Log }) {
  const { db, clock, log } = deps;
  const blocked = createListeners<BlockPair>(log, "blocks");
  const unblocked = createListeners<BlockPair>(log, "ended blocks");

  async function store(sql: Bun.SQL, block: NewBlock): Promise<{ row: BlockRow; isNew: boolean }> {
    if (block.blockerId === block.blockedId) throw fail("request.invalid");
    const made = await insertBlock(sql, { id: newId(), ...block, blockedAt: new Date(clock.now()) });
    if (made) return { row: made, isNew: true };
    const earlier = await findBlock(sql, block);
    // Nobody is there to be blocked any more; or another device ended the block in this very moment, which is no loss.
    if (!earlier) throw fail("member.not_found");
    return { row: earlier, isNew: false };
  }

  async function remove(sql: Bun.SQL, blockerId: string, blockId: string): Promise<BlockPair> {
    const ended = await deleteBlock(sql, blockerId, blockId);
    if (!ended) throw fail("block.not_found");
    return { blockerId: ended.blockerId, blockedId: ended.blockedId };
  }

  return {
    /**
     * Blocks an account. Blocking it again in the same scope is the same block with its first label. The label is what the
     * blocker saw: a list of blocked people never shows more of them than that, not even that two aliases are one person.
     */
    async block(blockerId: string, blockedId: string, label: BlockLabel, scope: BlockScope = person): Promise<Block> {
      const { row, isNew } = await store(db.sql, { blockerId, blockedId, label, scope });
      if (isNew) blocked.emit({ blockerId, blockedId });
      return presentBlock(row);
    },

    /** Ends a block of this account; one that is another's answers as one that does not exist. */
    async unblock(blockerId: string, blockId: string): Promise<void> {
      unblocked.emit(await remove(db.sql, blockerId, blockId));
    },

    /** As `block`, within a larger write; the caller calls `announceBlocked` once it has committed. */
    async blockAccount(tx: Bun.SQL, block: NewBlock): Promise<Block> {
      return presentBlock((await store(tx, block)).row);
    },

    /** As `unblock`, within a larger write; the caller calls `announceUnblocked` once it has committed. */
    async unblockAccount(tx: Bun.SQL, blockerId: string, blockId: string): Promise<void> {
      await remove(tx, blockerId, blockId);
    },

    /** Returns whom a block of this blocker is about, and what it holds for; null when there is none or it is another's. */
    findBlocked: (sql: Bun.SQL, blockerId: string, blockId: string): Promise<BlockRow | null> =>
      findOwnBlock(sql, blockerId, blockId),

    /** Lists whom an account has blocked, the latest first. */
    listBlocks: async (blockerId: string): Promise<Block[]> =>
      (await listBlocksOf(db.sql, blockerId)).map(presentBlock),

    /** Whether either of two accounts has blocked the other, in whatever scope. */
    async isBlockedBetween(one: string, other: string): Promise<boolean> {
      return (await listBlockPairs(db.sql, [one, other])).length > 0;
    },

    /** Lists every block between any two of many accounts, in one question. */
    blockedAmong: (accountIds: readonly string[]) => listBlockPairs(db.sql, accountIds),

    /** As `blockedAmong`, within a transaction. */
    listBlocksAmong: (sql: Bun.SQL, accountIds: readonly string[]) => listBlockPairs(sql, accountIds),

    announceBlocked: blocked.emit,
    announceUnblocked: unblocked.emit,
    onBlocked: blocked.add,
    onUnblocked: unblocked.add,
  };
}
