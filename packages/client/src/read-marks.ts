import type { Clock, RoomId } from "@maru/protocol";
import type { Connection } from "./connection.ts";

/** How long reading may go on before the server is told of it, in ms. */
const gatherMs = 250;

/** Tells the server how far was read: the furthest of a moment, once. What could not be told is told later. */
export class ReadMarks {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #marks = new Map<RoomId, number>();
  #isScheduled = false;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    connection.onOnline(() => void this.#tell());
  }

  mark(roomId: RoomId, seq: number): void {
    this.#marks.set(roomId, Math.max(seq, this.#marks.get(roomId) ?? 0));
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.setTimeout(() => {
      this.#isScheduled = false;
      void this.#tell();
    }, gatherMs);
  }

  async #tell(): Promise<void> {
    if (!this.#connection.isOnline) return;
    for (const [roomId, seq] of [...this.#marks]) {
      this.#marks.delete(roomId);
      try {
        await this.#connection.command("room.read", { roomId, seq });
      } catch {
        // Kept for the next connection, unless more was read meanwhile. A room that is gone is told of once more and no harm done.
        if (!this.#connection.isOnline) this.#marks.set(roomId, Math.max(seq, this.#marks.get(roomId) ?? 0));
      }
    }
  }
}
