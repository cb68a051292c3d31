import type { Message, RoomId } from "@maru/protocol";
import type { Connection } from "./connection.ts";
import type { RoomDirectory } from "./room-directory.ts";

/** A message as a program hears it. */
export type HeardMessage = { readonly roomId: RoomId; readonly message: Message; readonly isOwn: boolean };

export type MessageListener = (heard: HeardMessage) => void;

const pageSize = 100;

/**
 * Tells each message that people say in any room, once and in the order of its room, from the moment somebody listens.
 * Meant for bots: it reads what the heads say is new, so nothing is missed over a break.
 */
export class MessageFeed {
  readonly #connection: Connection;
  readonly #directory: RoomDirectory;
  readonly #listeners = new Set<MessageListener>();
  /** The last message told of each room. */
  readonly #toldSeq = new Map<string, number>();
  readonly #reading = new Set<string>();
  #isListening = false;

  constructor(connection: Connection, directory: RoomDirectory) {
    this.#connection = connection;
    this.#directory = directory;
    directory.onChanged((roomId) => this.#look(roomId));
  }

  listen(listener: MessageListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called when the list is loaded: what is there now is old, what comes from here on is news. */
  begin(): void {
    if (this.#isListening) return;
    for (const room of this.#directory.all()) this.#toldSeq.set(room.id, room.lastSeq);
    this.#isListening = true;
  }

  clear(): void {
    this.#toldSeq.clear();
    this.#isListening = false;
  }

  #look(roomId: string): void {
    const room = this.#directory.find(roomId);
    if (!this.#isListening || this.#listeners.size === 0 || !room || room.membership !== "active") return;
    if (room.lastSeq > (this.#toldSeq.get(roomId) ?? 0)) void this.#read(roomId as RoomId);
  }

  /** Reads a room to its end; one reader per room keeps the order. */
  async #read(roomId: RoomId): Promise<void> {
    if (this.#reading.has(roomId)) return;
    this.#reading.add(roomId);
    try {
      for (let hasNewer = true; hasNewer; ) {
        const after = this.#toldSeq.get(roomId) ?? 0;
        const page = await this.#connection.command("message.list", { roomId, after, limit: pageSize });
        for (const message of page.messages) this.#tell(roomId, message);
        hasNewer = page.hasNewer && page.messages.length > 0;
      }
    } catch {
      // The next head of the room, or the next sync, says again that there is something to read.
    } finally {
      this.#reading.delete(roomId);
    }
    // Something may have been said between the last page and now.
    const room = this.#directory.find(roomId);
    if (room && this.#connection.isOnline && room.lastSeq > (this.#toldSeq.get(roomId) ?? 0)) this.#look(roomId);
  }

  #tell(roomId: RoomId, message: Message): void {
    this.#toldSeq.set(roomId, message.seq);
    if (message.kind !== "text" || message.deletedAt) return;
    const isOwn = message.authorId === this.#directory.find(roomId)?.selfId;
    for (const listener of this.#listeners) listener({ roomId, message, isOwn });
  }
}
