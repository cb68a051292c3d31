import { limits, type Push, type RoomSummary, type SyncHeld, type SyncPart } from "@maru/protocol";
import type { Connection } from "../connection/connection.ts";
import type { RoomDirectory } from "./room-directory.ts";
import { withMessage } from "./summaries.ts";

const pageSize = 50;
/** Rooms loaded without being asked for, so that changes of any of them are received. */
const maxLoadedRooms = 300;

export type RoomListDeps = {
  readonly connection: Connection;
  readonly directory: RoomDirectory;
  /** The rooms that are watched with all their changes, and need no watch of their heads. */
  readonly openIds: () => Iterable<string>;
};

/** The list of conversations: loaded a page at a time, and watched by the heads of its rooms. */
export class RoomList {
  readonly #connection: Connection;
  readonly #directory: RoomDirectory;
  readonly #openIds: () => Iterable<string>;
  /** Up to where the heads of all rooms are known, in the server's own word. */
  #since: string | null = null;
  #isLoadingMore = false;
  /** The archive is known as far as changes of it are received. */
  #knowsArchive = false;

  constructor({ connection, directory, openIds }: RoomListDeps) {
    this.#connection = connection;
    this.#directory = directory;
    this.#openIds = openIds;
  }

  async loadMore(): Promise<void> {
    const cursor = this.#directory.nextCursor;
    if (this.#isLoadingMore || cursor === undefined) return;
    this.#isLoadingMore = true;
    try {
      await this.#load(cursor);
    } finally {
      this.#isLoadingMore = false;
    }
  }

  /** Loads the list again after it failed. */
  async reload(): Promise<void> {
    this.#directory.page("loading");
    try {
      await this.#load();
    } catch {
      this.#directory.page("failed");
    }
  }

  /** A page of the archive; changes of its rooms are received from then on. */
  async listArchived(cursor?: string) {
    const place = cursor ? { cursor } : {};
    const page = await this.#connection.command("room.list", { archived: true, limit: pageSize, ...place });
    this.#directory.put(page.rooms);
    await this.watchHeads(page.rooms);
    return page;
  }

  /** What is held of the list, for a sync. */
  get held(): readonly SyncHeld[] {
    return this.#since === null ? [] : [{ id: "list", since: this.#since }];
  }

  /** Forgets the account that was signed in. */
  clear(): void {
    this.#since = null;
    this.#directory.clear();
  }

  /** Takes what changed while there was no connection, and watches the rooms on this one. */
  async resume({ rooms, reset, nextCursor, since }: SyncPart<"rooms">): Promise<void> {
    this.#since = since;
    if (reset) {
      const parts = new Set<string>(rooms.map((room) => room.id));
      const open = [...this.#openIds()].map((id) => this.#directory.find(id)).filter((room) => room !== undefined);
      this.#directory.replace([...open.filter((room) => !parts.has(room.id)), ...rooms]);
      this.#directory.page("ready", nextCursor);
      this.#knowsArchive = false;
    } else {
      this.#directory.put(rooms);
      this.#directory.page("ready", this.#directory.nextCursor);
    }
    await this.watchHeads([...this.#directory.all()]);
    while (this.#directory.nextCursor !== undefined && [...this.#directory.all()].length < maxLoadedRooms) {
      await this.loadMore();
    }
    if (!this.#knowsArchive) void this.#loadArchive();
  }

  /** Marks that it could not be loaded, unless something is there to be shown. */
  fail(): void {
    if (this.#directory.list.getSnapshot().state === "loading") this.#directory.page("failed");
  }

  /** Takes a room as the server sent it in answer to something. */
  take(room: RoomSummary): RoomSummary {
    // The watch of a room ends for those who leave it; whoever is let back in watches again.
    const isNew = this.#directory.find(room.id)?.membership !== "active";
    this.#directory.put([room]);
    if (isNew) this.watchAgain([room]);
    return room;
  }

  /** Notes where a room stands. */
  advance(head: Push<"room.advanced">): void {
    this.#directory.change(head.roomId, (room) => {
      if (head.epoch !== room.epoch || head.rev <= room.rev) return room;
      const advanced = head.lastMessage ? withMessage(room, head.lastMessage) : room;
      return { ...advanced, rev: head.rev, lastSeq: head.lastSeq, lastOrd: head.lastOrd };
    });
  }

  /** Watches heads as well as it goes: the next connection watches all of them anyhow. */
  watchAgain(rooms: readonly RoomSummary[]): void {
    void this.watchHeads(rooms).catch(() => {});
  }

  async watchHeads(rooms: readonly RoomSummary[]): Promise<void> {
    const open = new Set(this.#openIds());
    const wanted = rooms
      .filter((room) => !open.has(room.id) && room.membership === "active")
      .slice(0, limits.headRooms);
    for (let i = 0; i < wanted.length; i += limits.pageRooms) {
      const part = wanted.slice(i, i + limits.pageRooms);
      await this.#connection.command("room.watch", {
        rooms: part.map(({ id, epoch, rev }) => ({ roomId: id, mode: "head" as const, epoch, rev })),
      });
    }
  }

  /** Nobody waits for it: what fails is asked again with the next connection. */
  async #loadArchive(): Promise<void> {
    try {
      let loadedCount = 0;
      let cursor: string | undefined;
      do {
        const page = await this.listArchived(cursor);
        loadedCount += page.rooms.length;
        cursor = page.nextCursor;
      } while (cursor !== undefined && loadedCount < maxLoadedRooms);
      this.#knowsArchive = true;
    } catch {
      this.#knowsArchive = false;
    }
  }

  async #load(cursor?: string): Promise<void> {
    const page = await this.#connection.command("room.list", { limit: pageSize, ...(cursor ? { cursor } : {}) });
    this.#directory.put(page.rooms);
    this.#directory.page("ready", page.nextCursor);
    await this.watchHeads(page.rooms);
  }
}
