import type { Clock, Message, RoomId } from "@maru/protocol";
import { MaruClientError } from "../client-error.ts";
import type { Connection } from "../connection/connection.ts";
import type { RoomDirectory } from "./room-directory.ts";

/** A message as a program receives it. */
export type HeardMessage = { readonly roomId: RoomId; readonly message: Message; readonly isOwn: boolean };

export type MessageListener = (received: HeardMessage) => void;

const pageSize = 100;
/** Pause before a room that could not be read to its end is read again, in ms. */
const againMs = 1_000;

/**
 * Notifies of each message that people send in any room, once and in the order of its room, from the moment somebody listens.
 * Meant for bots: it reads what the heads say is new, so nothing is missed over a break.
 */
export class MessageFeed {
  readonly #connection: Connection;
  readonly #directory: RoomDirectory;
  readonly #listeners = new Set<MessageListener>();
  /** The last message of each room that listeners were notified of, and its numbering. */
  readonly #notified = new Map<string, { readonly epoch: string; readonly seq: number }>();
  readonly #reading = new Set<string>();
  readonly #clock: Clock;
  /** The server's time from which on messages are news (ISO); null before anything is. */
  #since: string | null = null;

  constructor(connection: Connection, directory: RoomDirectory, clock: Clock) {
    this.#connection = connection;
    this.#directory = directory;
    this.#clock = clock;
    directory.onChanged((roomId) => this.#look(roomId));
  }

  listen(listener: MessageListener): () => void {
    if (this.#listeners.size === 0) {
      this.#notified.clear();
      this.#since = this.#connection.serverNow;
    }
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  clear(): void {
    this.#notified.clear();
    this.#since = null;
  }

  #look(roomId: string): void {
    const room = this.#directory.find(roomId);
    if (this.#listeners.size === 0 || room?.membership !== "active") return;
    // Whoever listened before the sign-in receives what is sent from the sign-in on.
    this.#since ??= this.#connection.signedInAt;
    if (this.#since === null) return;
    const { epoch, lastSeq } = room;
    const notified = this.#notified.get(roomId);
    // What was there before is no news; and of another numbering nothing is known.
    const isOld = notified ? notified.epoch !== epoch : room.activeAt < this.#since;
    if (isOld) this.#notified.set(roomId, { epoch, seq: lastSeq });
    else if (lastSeq > (notified?.seq ?? 0)) void this.#read(room.id, epoch);
  }

  /** Reads a room to its end; one reader per room keeps the order. */
  async #read(roomId: RoomId, epoch: string): Promise<void> {
    const since = this.#since;
    if (since === null || this.#reading.has(roomId)) return;
    this.#reading.add(roomId);
    let isNews = false;
    try {
      for (let hasNewer = true; hasNewer; ) {
        const notified = this.#notified.get(roomId);
        const place = notified ? { after: notified.seq } : { from: since };
        const page = await this.#connection.command("message.list", { roomId, ...place, limit: pageSize });
        if (this.#since !== since) return;
        for (const message of page.messages) this.#notify(roomId, epoch, message);
        isNews ||= page.messages.length > 0;
        hasNewer = page.hasNewer && page.messages.length > 0;
      }
    } catch (error) {
      // Over a break the next sync says again that there is something to read.
      if (error instanceof MaruClientError && error.temporary) this.#lookLater(roomId, error.retryAfterMs ?? againMs);
      return;
    } finally {
      this.#reading.delete(roomId);
    }
    // Something may have been said between the last page and now.
    if (isNews) this.#look(roomId);
  }

  #lookLater(roomId: RoomId, afterMs: number): void {
    this.#clock.setTimeout(() => {
      if (this.#connection.isOnline) this.#look(roomId);
    }, afterMs);
  }

  #notify(roomId: RoomId, epoch: string, message: Message): void {
    this.#notified.set(roomId, { epoch, seq: message.seq });
    if (message.kind !== "text" || message.deletedAt) return;
    const isOwn = message.authorId === this.#directory.find(roomId)?.selfId;
    for (const listener of this.#listeners) listener({ roomId, message, isOwn });
  }
}
