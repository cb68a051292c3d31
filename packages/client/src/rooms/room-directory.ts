import type { RoomId, RoomSummary } from "@maru/protocol";
import { Subject } from "../observable.ts";
import { compareRooms, countUnread, isArchived, isListed, mergeSummaries, withoutUnknown } from "./summaries.ts";

/** The list of conversations as it is shown. */
export type RoomListSnapshot = {
  readonly state: "loading" | "ready" | "failed";
  readonly rooms: readonly RoomSummary[];
  readonly hasMore: boolean;
  /** Unread messages over all rooms that are not muted. */
  readonly unreadCount: number;
  /** What is known of the archive, in the order of the list. */
  readonly archivedRooms: readonly RoomSummary[];
  /** Archived rooms with unread messages, and how many; muted rooms count here no more than elsewhere. */
  readonly archivedNews: { readonly roomCount: number; readonly unreadCount: number };
};

const empty: RoomListSnapshot = {
  state: "loading",
  rooms: [],
  hasMore: false,
  unreadCount: 0,
  archivedRooms: [],
  archivedNews: { roomCount: 0, unreadCount: 0 },
};

/** All rooms that this client knows, and the list made of them. */
export class RoomDirectory {
  readonly list = new Subject<RoomListSnapshot>(empty);
  readonly #rooms = new Map<string, RoomSummary>();
  readonly #listeners = new Set<(roomId: string) => void>();
  #state: RoomListSnapshot["state"] = "loading";
  #nextCursor: string | undefined;

  get nextCursor(): string | undefined {
    return this.#nextCursor;
  }

  /** Calls with the room after each change of one. */
  onChanged(listener: (roomId: string) => void): void {
    this.#listeners.add(listener);
  }

  find(roomId: string): RoomSummary | undefined {
    return this.#rooms.get(roomId);
  }

  all(): Iterable<RoomSummary> {
    return this.#rooms.values();
  }

  /** Takes rooms as the server sent them. */
  put(rooms: readonly RoomSummary[]): void {
    for (const room of rooms) {
      this.#rooms.set(room.id, mergeSummaries(this.#rooms.get(room.id), withoutUnknown(room)));
    }
    this.#publish(rooms.map((room) => room.id));
  }

  /** Changes one room in place; unknown rooms stay unknown. */
  change(roomId: string, act: (room: RoomSummary) => RoomSummary): void {
    const held = this.#rooms.get(roomId);
    if (!held) return;
    const changed = act(held);
    if (changed === held) return;
    this.#rooms.set(roomId, changed);
    this.#publish([roomId]);
  }

  remove(roomIds: readonly RoomId[]): void {
    for (const roomId of roomIds) this.#rooms.delete(roomId);
    this.#publish(roomIds);
  }

  /** Forgets all rooms but those given, when the server says that what was held is void. */
  replace(rooms: readonly RoomSummary[]): void {
    const kept = new Set<string>(rooms.map((room) => room.id));
    for (const roomId of [...this.#rooms.keys()]) if (!kept.has(roomId)) this.#rooms.delete(roomId);
    for (const room of rooms) this.#rooms.set(room.id, withoutUnknown(room));
    this.#publish([...kept]);
  }

  page(state: RoomListSnapshot["state"], nextCursor?: string): void {
    this.#state = state;
    if (state === "ready") this.#nextCursor = nextCursor;
    this.#publish([]);
  }

  clear(): void {
    this.#rooms.clear();
    this.#state = "loading";
    this.#nextCursor = undefined;
    this.list.set(empty);
  }

  #publish(roomIds: readonly string[]): void {
    const known = [...this.#rooms.values()];
    const rooms = known.filter(isListed).sort(compareRooms);
    const archivedRooms = known.filter(isArchived).sort(compareRooms);
    const waiting = archivedRooms.filter((room) => !room.muted && countUnread(room) > 0);
    this.list.set({
      state: this.#state,
      rooms,
      hasMore: this.#nextCursor !== undefined,
      unreadCount: sumUnread(rooms.filter((room) => !room.muted)),
      archivedRooms,
      archivedNews: { roomCount: waiting.length, unreadCount: sumUnread(waiting) },
    });
    for (const roomId of roomIds) for (const listener of this.#listeners) listener(roomId);
  }
}

function sumUnread(rooms: readonly RoomSummary[]): number {
  return rooms.reduce((sum, room) => sum + countUnread(room), 0);
}
