import { toWireId } from "@maru/protocol";
import type { Leaving } from "./leaving.ts";
import type { RoomsDatabase } from "./ports.ts";
import { runWrite } from "./retry.ts";
import { forgetMember, listHeldRooms, listOwnMessages, removeMessages } from "./store-erasing.ts";
import { lockRooms } from "./store-rooms.ts";

/** Messages removed under one lock, so that nobody waits long to post. */
const batchSize = 200;
const pageSize = 1_000;
const firstPage = { roomId: "0".repeat(32), seq: 0 };

/** What becomes of rooms when an account is closed and when it is erased. Each step may be repeated. */
export class Erasing {
  readonly #db: RoomsDatabase;
  readonly #leaving: Leaving;

  constructor({ db, leaving }: { readonly db: RoomsDatabase; readonly leaving: Leaving }) {
    this.#db = db;
    this.#leaving = leaving;
  }

  /** Ends conversations of two for good, so that sending to who has left is refused, and leaves all others. */
  async depart(accountId: string): Promise<void> {
    for (const { roomId, isPair, isOpen, isActive } of await listHeldRooms(this.#db.sql, accountId)) {
      if (isPair && isOpen) await this.#leaving.close(roomId);
      if (!isPair && isActive) await this.#leaving.leave(accountId, roomId);
    }
  }

  /** Takes an account out of all rooms; its messages stay without an author or are removed first. */
  async erase(accountId: string, removesMessages: boolean): Promise<void> {
    for (const { roomId } of await listHeldRooms(this.#db.sql, accountId)) {
      while (removesMessages && (await this.#removeSome(accountId, roomId)) === batchSize);
      await runWrite(() =>
        this.#db.transaction(async (tx) => {
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
      const page = await listOwnMessages(this.#db.sql, accountId, after, pageSize);
      for (const { roomId, seq, sentAt, text } of page) {
        messages.push({ roomId: toWireId("room", roomId), seq, sentAt: sentAt.toISOString(), text });
      }
      const last = page.at(-1);
      if (page.length < pageSize || !last) break;
      after = { roomId: last.roomId, seq: last.seq };
    }
    const rooms = await listHeldRooms(this.#db.sql, accountId);
    return { rooms: rooms.map(({ roomId }) => toWireId("room", roomId)), messages };
  }

  #removeSome(accountId: string, roomId: string): Promise<number> {
    return runWrite(() =>
      this.#db.transaction(async (tx) => {
        const [room] = await lockRooms(tx, [roomId]);
        return room ? removeMessages(tx, room, accountId, batchSize) : 0;
      }),
    );
  }
}
