import type { Clock, RoomId, RoomSummary } from "@maru/protocol";
import { MaruClientError } from "../client-error.ts";
import type { Connection } from "../connection/connection.ts";

/** How long reading may go on before the server gets it, in ms. */
const gatherMs = 250;
/** Pause before what the server could not take is sent again, in ms. */
const againMs = 2_000;

/** Sends the server how far was read: the furthest of a moment, once. What could not be sent is sent later. */
export class ReadReceiptQueue {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #marks = new Map<RoomId, number>();
  readonly #onSent: (roomId: RoomId, seq: number) => void;
  #isScheduled = false;

  constructor(connection: Connection, clock: Clock, onSent: (roomId: RoomId, seq: number) => void) {
    this.#connection = connection;
    this.#onSent = onSent;
    this.#clock = clock;
  }

  mark(roomId: RoomId, seq: number): void {
    this.#marks.set(roomId, Math.max(seq, this.#marks.get(roomId) ?? 0));
    this.#sendLater(gatherMs);
  }

  /**
   * Sends what waited for a connection. What the server knows already is not sent: it may have been marked as unread since,
   * from another device, and an old mark must not end that.
   */
  resume(rooms: readonly RoomSummary[]): void {
    for (const room of rooms) if ((this.#marks.get(room.id) ?? 0) <= room.readSeq) this.#marks.delete(room.id);
    void this.#send();
  }

  #sendLater(afterMs: number): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#clock.setTimeout(() => {
      this.#isScheduled = false;
      void this.#send();
    }, afterMs);
  }

  async #send(): Promise<void> {
    if (!this.#connection.isOnline) return;
    for (const [roomId, seq] of [...this.#marks]) {
      this.#marks.delete(roomId);
      try {
        await this.#connection.command("room.read", { roomId, seq });
        this.#onSent(roomId, seq);
      } catch (error) {
        // A room that is gone needs no mark.
        if (!(error instanceof MaruClientError) || !error.temporary) continue;
        this.#marks.set(roomId, Math.max(seq, this.#marks.get(roomId) ?? 0));
        this.#sendLater(error.retryAfterMs ?? againMs);
      }
    }
  }
}
