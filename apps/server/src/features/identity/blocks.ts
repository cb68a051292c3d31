import type { Alias, Clock } from "@maru/protocol";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { Log } from "../../platform/log.ts";
import { createListeners } from "./listeners.ts";
import { type BlockRow, deleteBlock, findBlock, insertBlock, listBlocksAmong, listBlocksOf } from "./store-blocks.ts";

/** How the blocked person looked where they were blocked: by name, or by alias where the room hides names. */
export type BlockLabel = { readonly name?: string; readonly alias?: Alias; readonly avatarSeed: string };

/** A block that was made or ended. Whether the two may meet is asked with `isBlockedBetween`: there may be another one. */
export type BlockEvent = { readonly blockerId: string; readonly blockedId: string };

export type Blocks = ReturnType<typeof createBlocks>;

/** The one block graph of all modes: who will not have to do with whom. */
export function createBlocks(deps: { readonly db: Database; readonly clock: Clock; readonly log: Log }) {
  const { db, clock, log } = deps;
  const blocked = createListeners<BlockEvent>(log, "blocks");
  const unblocked = createListeners<BlockEvent>(log, "ended blocks");

  return {
    /**
     * Blocks an account. Blocking it again is the same block with its first label. The label is what the blocker saw:
     * a list of blocked people never tells more of them than that.
     */
    async block(blockerId: string, blockedId: string, label: BlockLabel): Promise<BlockRow> {
      if (blockerId === blockedId) throw fail("request.invalid");
      const made = await insertBlock(db.sql, {
        id: newId(),
        blockerId,
        blockedId,
        label,
        blockedAt: new Date(clock.now()),
      });
      if (made) {
        blocked.emit({ blockerId, blockedId });
        return made;
      }
      const earlier = await findBlock(db.sql, blockerId, blockedId);
      // Ended in this very moment by another device: the person may simply try again.
      if (!earlier) throw fail("server.busy");
      return earlier;
    },

    /** Ends a block of this account; one that is another's answers as one that does not exist. */
    async unblock(blockerId: string, blockId: string): Promise<void> {
      const ended = await deleteBlock(db.sql, blockerId, blockId);
      if (!ended) throw fail("block.not_found");
      unblocked.emit({ blockerId: ended.blockerId, blockedId: ended.blockedId });
    },

    list: (blockerId: string): Promise<BlockRow[]> => listBlocksOf(db.sql, blockerId),

    /** Says whether either of two accounts has blocked the other. */
    async isBlockedBetween(one: string, other: string): Promise<boolean> {
      return (await listBlocksAmong(db.sql, [one, other])).length > 0;
    },

    /** Lists every block between any two of many accounts, in one question. */
    blockedAmong: (accountIds: readonly string[]): Promise<BlockEvent[]> => listBlocksAmong(db.sql, accountIds),

    onBlocked: blocked.add,
    onUnblocked: unblocked.add,
  };
}
