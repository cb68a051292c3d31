import type { RoomId } from "@maru/protocol";
import type { Connection } from "../connection/connection.ts";
import type { Observable } from "../observable.ts";
import { OpenRoom, type OpenRoomDeps, type RoomSnapshot } from "./open-room.ts";

/** Rooms kept open behind the one on screen, so that going back waits for nothing. */
const keptOpen = 8;

export type OpenRoomsDeps = OpenRoomDeps & {
  /** Notifies that a room is not watched with all its changes any more. */
  readonly onClosed: (roomId: string) => void;
};

/** The rooms that are watched with full pushes: those in use, and some that were a moment ago. */
export class OpenRooms {
  readonly #deps: OpenRoomsDeps;
  readonly #connection: Connection;
  /** In the order of their last use. */
  readonly #rooms = new Map<string, OpenRoom>();
  readonly #useCounts = new Map<string, number>();

  constructor(deps: OpenRoomsDeps) {
    this.#deps = deps;
    this.#connection = deps.connection;
  }

  find(roomId: string): OpenRoom | undefined {
    return this.#rooms.get(roomId);
  }

  ids(): Iterable<string> {
    return this.#rooms.keys();
  }

  /** Opens a room for somebody who shows it; `release` when they do not any more. */
  open(roomId: RoomId): { readonly room: Observable<RoomSnapshot>; readonly release: () => void } {
    const room = this.prepare(roomId);
    this.#useCounts.set(roomId, (this.#useCounts.get(roomId) ?? 0) + 1);
    let isReleased = false;
    const release = () => {
      if (isReleased) return;
      isReleased = true;
      this.#useCounts.set(roomId, (this.#useCounts.get(roomId) ?? 1) - 1);
      this.#closeUnused();
    };
    return { room: room.snapshot, release };
  }

  /** Begins to load a room that is about to be shown. */
  prepare(roomId: RoomId): OpenRoom {
    const held = this.#rooms.get(roomId);
    const room = held ?? new OpenRoom(roomId, this.#deps);
    this.#rooms.delete(roomId);
    this.#rooms.set(roomId, room);
    if (!held && this.#connection.isOnline) void room.load();
    return room;
  }

  /** Watches them again on a new connection, and takes what was missed in them. */
  async resume(): Promise<void> {
    const rooms = [...this.#rooms.values()];
    for (const room of rooms) if (!room.isLoaded) void room.load();
    const held = rooms.filter((room) => room.isLoaded);
    if (held.length === 0) return;
    const answer = await this.#connection.command("room.watch", { rooms: held.map((room) => room.watch) });
    for (const missed of answer.catchUps) this.#rooms.get(missed.roomId)?.catchUp(missed);
    for (const roomId of answer.goneRoomIds) this.#rooms.get(roomId)?.leave();
  }

  clear(): void {
    this.#rooms.clear();
    this.#useCounts.clear();
  }

  #closeUnused(): void {
    const unused = [...this.#rooms.keys()].filter((id) => (this.#useCounts.get(id) ?? 0) === 0);
    for (const roomId of unused.slice(0, Math.max(0, unused.length - keptOpen))) {
      this.#rooms.delete(roomId);
      this.#useCounts.delete(roomId);
      this.#deps.onClosed(roomId);
    }
  }
}
