import type { CommandOutput, Push, RoomId, RoomSummary } from "@maru/protocol";
import type { WorldConnection } from "./rooms.fixture.ts";

export type SyncPosition = { readonly epoch: string; readonly rev: number; readonly heads?: string };

/** The room list of one account as a client holds it, written from the protocol alone. */
export class ModelList {
  readonly rooms = new Map<RoomId, RoomSummary>();
  position: SyncPosition | undefined;
  resets = 0;

  constructor(readonly connection: WorldConnection) {}

  /** A copy that stays as it is: a client that is away from now on. */
  fork(position = this.position): ModelList {
    const fork = new ModelList(this.connection);
    for (const [roomId, room] of this.rooms) fork.rooms.set(roomId, structuredClone(room));
    fork.position = position;
    return fork;
  }

  /** Brings itself up to date as after a reconnect. */
  async sync(): Promise<CommandOutput<"account.sync">> {
    const told = await this.connection.run("account.sync", this.position ? { account: this.position } : {});
    if (told.reset) {
      this.resets++;
      this.rooms.clear();
      await this.#loadAll();
    } else {
      for (const room of told.rooms) this.rooms.set(room.id, room);
    }
    this.position = { epoch: told.epoch, rev: told.toRev, heads: told.heads };
    return told;
  }

  /** Follows pushes from now on, and watches the heads of all rooms that it holds or comes to hold. */
  async follow(): Promise<void> {
    this.connection.onPush((push) => this.take(push));
    await Promise.all([...this.rooms.values()].map((room) => this.#watch(room)));
  }

  take(push: Push): void {
    if (push.push === "membership.changed") {
      const held = this.rooms.get(push.room.id);
      this.rooms.set(push.room.id, held ? merge(held, push.room) : push.room);
      // The watch of a room ends for those who leave it; whoever is let back in watches again.
      if (held?.membership !== "active") void this.#watch(push.room);
      return;
    }
    if (push.push !== "room.advanced") return;
    const held = this.rooms.get(push.roomId);
    if (held === undefined || push.rev < held.rev) return;
    const { rev, lastSeq, lastOrd, lastMessage } = push;
    const isOwn = lastMessage?.kind === "text" && lastMessage.authorId === held.selfId && lastSeq > held.lastSeq;
    this.rooms.set(push.roomId, {
      ...held,
      rev,
      lastSeq,
      lastOrd,
      ...(lastMessage ? { lastMessage } : {}),
      ...(lastMessage && lastSeq > held.lastSeq ? { activeAt: lastMessage.sentAt } : {}),
      ...(lastOrd > held.lastOrd ? { hidden: false } : {}),
      ...(isOwn ? { readSeq: lastSeq, readOrd: lastOrd, markedUnread: false } : {}),
    });
  }

  /** What its owner sees: rooms that one is in and has not put away. */
  get picture(): RoomSummary[] {
    return [...this.rooms.values()]
      .filter((room) => room.membership === "active" && !room.hidden)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async #watch(room: RoomSummary): Promise<void> {
    if (room.membership !== "active") return;
    const { id: roomId, epoch, rev } = room;
    await this.connection.run("room.watch", { rooms: [{ roomId, mode: "head", epoch, rev }] });
  }

  async #loadAll(): Promise<void> {
    for (const archived of [false, true]) {
      let cursor: string | undefined;
      do {
        const page = await this.connection.run("room.list", { archived, limit: 7, ...(cursor ? { cursor } : {}) });
        for (const room of page.rooms) this.rooms.set(room.id, room);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
    }
  }
}

/** Joins two tellings of a room: what belongs to the membership from the later account rev, the rest from the later rev. */
function merge(held: RoomSummary, told: RoomSummary): RoomSummary {
  const [own, common] = [told.accountRev >= held.accountRev ? told : held, told.rev >= held.rev ? told : held];
  const { rev, lastSeq, lastOrd, lastMessage, activeAt, state, members, epoch } = common;
  const isLater = told.readSeq === held.readSeq ? told.accountRev >= held.accountRev : told.readSeq > held.readSeq;
  const cursor = isLater ? told : held;
  const { readSeq, readOrd } = cursor;
  const { lastMessage: _, ...rest } = own;
  return {
    ...rest,
    ...{ rev, lastSeq, lastOrd, activeAt, state, members, epoch, readSeq, readOrd },
    ...(lastMessage ? { lastMessage } : {}),
  };
}

/** Everything of a list, read anew. */
export async function freshList(connection: WorldConnection): Promise<RoomSummary[]> {
  const list = new ModelList(connection);
  await list.sync();
  return list.picture;
}
