import { toWireId } from "@maru/protocol";
import type { AccountChangePublisher } from "../log/account-change-publisher.ts";
import { runWrite } from "../log/retry.ts";
import type { RoomsDatabase } from "../ports.ts";
import { lockRooms } from "../store-rooms.ts";
import type { RoomLeave } from "./room-leave.ts";
import { forgetMember, listHeldRooms, listOwnMessages, listUndeparted, removeMessages } from "./store-erasing.ts";
import { lockNotYetReaders } from "./store-members.ts";

/** Messages removed under one lock, so that nobody waits long to post. */
const batchSize = 200;
const pageSize = 1_000;
const firstPage = { roomId: "0".repeat(32), seq: 0 };

/** Rooms that are left in one go, and how many at the same time: others go on being served meanwhile. */
const departRooms = 100;
const departLines = 2;
/** Members of larger rooms learn with the room what their badge has lost. */
const promptMembers = 100;

export type AccountErasureDeps = {
  readonly db: RoomsDatabase;
  readonly roomLeave: RoomLeave;
  readonly accountChanges: AccountChangePublisher;
};

/** What becomes of rooms when an account is closed and when it is erased. Each step may be repeated. */
export class AccountErasure {
  readonly #deps: AccountErasureDeps;

  constructor(deps: AccountErasureDeps) {
    this.#deps = deps;
  }

  /**
   * Ends conversations of two for good, so that sending to who has left is refused, and leaves all others: some of them, each
   * by itself, and tells whether more are left. What is done stays done, so whoever comes after a kill goes on from there.
   */
  async depart(accountId: string): Promise<"more" | "done"> {
    const rooms = await listUndeparted(this.#deps.db.sql, accountId, departRooms);
    const lines = Array.from({ length: departLines }, (_, line) => rooms.filter((_, i) => i % departLines === line));
    await Promise.all(
      lines.map(async (line) => {
        for (const { roomId, isPair } of line) {
          if (isPair) await this.#deps.roomLeave.close(roomId);
          else await this.#deps.roomLeave.leave(accountId, roomId);
        }
      }),
    );
    return rooms.length === departRooms ? "more" : "done";
  }

  /** Takes an account out of all rooms; its messages stay without an author or are removed first. */
  async erase(accountId: string, removesMessages: boolean): Promise<void> {
    for (const roomId of await listHeldRooms(this.#deps.db.sql, accountId)) {
      while (removesMessages && (await this.#removeSome(accountId, roomId)) === batchSize);
      await runWrite(() =>
        this.#deps.db.transaction(async (tx) => {
          const [room] = await lockRooms(tx, [roomId]);
          if (room) await forgetMember(tx, room, accountId);
        }),
      );
    }
  }

  /** Everything that an account said, and where. */
  async export(accountId: string): Promise<unknown> {
    const messages: unknown[] = [];
    for (let after = firstPage; ; ) {
      const page = await listOwnMessages(this.#deps.db.sql, accountId, after, pageSize);
      for (const { roomId, seq, sentAt, text, extra } of page) {
        const carried = extra === null ? {} : { extra };
        messages.push({ roomId: toWireId("room", roomId), seq, sentAt: sentAt.toISOString(), text, ...carried });
      }
      const last = page.at(-1);
      if (page.length < pageSize || !last) break;
      after = { roomId: last.roomId, seq: last.seq };
    }
    const rooms = await listHeldRooms(this.#deps.db.sql, accountId);
    return { rooms: rooms.map((roomId) => toWireId("room", roomId)), messages };
  }

  /** Removes some messages; whoever had not read them has fewer unread now, and is told so. */
  async #removeSome(accountId: string, roomId: string): Promise<number> {
    const { db, accountChanges } = this.#deps;
    const { count, stamps } = await runWrite(() =>
      db.transaction(async (tx) => {
        const [room] = await lockRooms(tx, [roomId]);
        if (room === undefined) return { count: 0, stamps: [] };
        const readers = await lockNotYetReaders(tx, roomId, room.lastSeq, promptMembers);
        const removed = await removeMessages(tx, room, accountId, batchSize);
        return { count: removed, stamps: await accountChanges.stamp(tx, removed > 0 ? readers : []) };
      }),
    );
    void accountChanges.announce(stamps);
    return count;
  }
}
