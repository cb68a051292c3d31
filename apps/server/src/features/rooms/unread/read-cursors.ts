import type { Clock } from "@maru/protocol";
import { fail } from "../../../platform/errors.ts";
import { requireWritable } from "../errors.ts";
import type { AccountChangePublisher } from "../log/account-change-publisher.ts";
import { KeyedBatcher } from "../log/keyed-batcher.ts";
import { listReadCursors, moveReadCursors, type ReadMove } from "../members/store-members.ts";
import type { RoomsDatabase } from "../ports.ts";

export type ReadCursor = { readSeq: number; readOrd: number };

export type ReadCursorsDeps = {
  readonly db: RoomsDatabase;
  readonly clock: Clock;
  readonly accountChanges: AccountChangePublisher;
  /** Publishes that cursors of these rooms moved. */
  announceReads(roomIds: Iterable<string>): void;
};

/**
 * Moves read cursors, forward only. Unread is `lastOrd − readOrd`. Gathered like sends: people read as often as others
 * write. A cursor takes no room rev: what others see of it is a count, told once a second at most; its owner's devices hear of it.
 */
export class ReadCursors {
  readonly #deps: ReadCursorsDeps;
  readonly #batcher: KeyedBatcher<ReadMove, ReadCursor | null>;

  constructor(deps: ReadCursorsDeps) {
    this.#deps = deps;
    this.#batcher = new KeyedBatcher({
      clock: deps.clock,
      laneCount: 1,
      maxBatch: 128,
      maxQueued: 4_096,
      deadlineMs: 8_000,
      keyOf: (move) => move.roomId,
      run: (moves) => this.#run(moves),
      // With a full disk a repeat is in vain, and would only be told so after the deadline.
      classifyFailure: () => (deps.db.isWritable ? "repeat" : "refuse"),
    });
  }

  /** Moves a cursor to a message and tells where it stands then; throws `room.not_found` for those who are no members. */
  async move(move: ReadMove): Promise<ReadCursor> {
    requireWritable(this.#deps.db);
    const cursor = await this.#batcher.enqueue(move);
    if (cursor === null) throw fail("room.not_found");
    return cursor;
  }

  whenIdle(): Promise<void> {
    return this.#batcher.whenIdle();
  }

  async #run(moves: readonly ReadMove[]): Promise<(ReadCursor | null)[]> {
    const { db, accountChanges, announceReads } = this.#deps;
    const { cursors, stamps } = await db.reserved.transaction(async (tx) => {
      const moved = await moveReadCursors(tx, moves);
      return { stamps: await accountChanges.stamp(tx, moved), cursors: await listReadCursors(tx, moves) };
    });
    void accountChanges.announce(stamps);
    announceReads(stamps.map((stamp) => stamp.roomId));
    return cursors;
  }
}
