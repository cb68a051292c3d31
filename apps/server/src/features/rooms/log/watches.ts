import {
  type CommandInput,
  type CommandOutput,
  fromWireId,
  type Limits,
  type RoomCatchUp,
  toWireId,
} from "@maru/protocol";
import { fail } from "../../../platform/errors.ts";
import type { Membership, Pair } from "../members/store-members.ts";
import type { RoomsConnection, RoomsDatabase, RoomsLog, RoomsSockets } from "../ports.ts";
import { listSummaries } from "../store-summaries.ts";
import type { AccountChangePublisher } from "./account-change-publisher.ts";
import { type CatchUps, presentNothingMissed, type RoomPosition, uniquePositions } from "./catch-up.ts";
import type { Delivery } from "./delivery.ts";
import type { Epochs } from "./epochs.ts";
import { headTopic, openTopic } from "./head-frames.ts";
import { type ActiveWatch, activeWatch, type ServedRoom, type WatchMode } from "./room-hub.ts";

/** A watch whose rights are being read; `before` goes on meanwhile, if there was one. */
type PendingWatch = {
  readonly mode: WatchMode;
  readonly room: null;
  before: ActiveWatch | null;
  /** True when the account's rights in the room changed while they were being read: read them again. */
  isShaken: boolean;
};

/** A watch that is told nothing, because its account is paused in the room; it goes on when the pause ends. */
type PausedWatch = { readonly mode: WatchMode; readonly room: null; readonly before: null; readonly isPaused: true };

type ConnectionWatches = {
  readonly byRoom: Map<string, ActiveWatch | PendingWatch | PausedWatch>;
  isClosed: boolean;
  /** Resolves when the watch before is settled: one connection's watches are settled in their order. */
  tail: Promise<unknown>;
};

const slotKey = Symbol("rooms.watches");
const watchesOf = (connection: RoomsConnection) =>
  connection.slot<ConnectionWatches>(slotKey, () => ({ byRoom: new Map(), isClosed: false, tail: Promise.resolve() }));

/** How often rights are read again when they change while being read. */
const maxReadings = 5;

export type WatchesDeps = {
  readonly db: RoomsDatabase;
  readonly sockets: RoomsSockets;
  readonly catchUps: CatchUps;
  readonly accountChanges: AccountChangePublisher;
  readonly epochs: Epochs;
  readonly limits: Limits;
  readonly log: RoomsLog;
  delivery(): Delivery;
};

/** Which connection is told about which room. */
export class Watches {
  readonly #deps: WatchesDeps;

  constructor(deps: WatchesDeps) {
    this.#deps = deps;
  }

  /** Starts watching, and tells what was missed since the positions given. */
  watch(connection: RoomsConnection, input: CommandInput<"room.watch">): Promise<CommandOutput<"room.watch">> {
    const { accountId } = connection;
    return this.#inTurn(connection, (watches) => this.#watch(connection, accountId, watches, input.rooms));
  }

  /** Ends watches; what is not watched is ignored. */
  unwatch(connection: RoomsConnection, roomIds: readonly string[]): Promise<void> {
    return this.#inTurn(connection, async (watches) => {
      for (const roomId of roomIds) {
        const watch = watches.byRoom.get(roomId);
        watches.byRoom.delete(roomId);
        if (watch?.room) this.#end(connection, watch);
      }
    });
  }

  /** Ends all watches of a connection that is gone. */
  closed(connection: RoomsConnection): void {
    const watches = watchesOf(connection);
    watches.isClosed = true;
    for (const watch of watches.byRoom.values()) {
      const active = watch.room === null ? watch.before : watch;
      if (active) this.#deps.delivery().hub.release(active.room, active.mode);
    }
    watches.byRoom.clear();
  }

  /** Ends an account's watches of a room on this node, at exactly this point between two pushes. */
  revoke(accountId: string, roomId: string): void {
    for (const connection of this.#deps.sockets.connectionsOf(accountId)) {
      const { byRoom } = watchesOf(connection);
      const watch = byRoom.get(roomId);
      if (watch === undefined) continue;
      if (watch.room !== null || "isPaused" in watch) {
        byRoom.delete(roomId);
        if (watch.room) this.#end(connection, watch);
        continue;
      }
      this.#shake(connection, watch);
    }
  }

  /**
   * Cuts off an account's watches of a room on this node, at exactly this point between two pushes. They go on, with what was
   * missed, if its rights say that it is not paused there after all.
   */
  pause(accountId: string, roomId: string): void {
    for (const connection of this.#deps.sockets.connectionsOf(accountId)) {
      const { byRoom } = watchesOf(connection);
      const watch = byRoom.get(roomId);
      if (watch === undefined || "isPaused" in watch) continue;
      if (watch.room === null) {
        this.#shake(connection, watch);
        continue;
      }
      this.#end(connection, watch);
      byRoom.set(roomId, { mode: watch.mode, room: null, before: null, isPaused: true });
      void this.#goOn(connection, accountId, roomId, watch.mode);
    }
  }

  /** Lets an account's watches of a room on this node go on that a pause has cut off. */
  resume(accountId: string, roomId: string): void {
    for (const connection of this.#deps.sockets.connectionsOf(accountId)) {
      const watch = watchesOf(connection).byRoom.get(roomId);
      if (watch === undefined || watch.room) continue;
      if ("isPaused" in watch) void this.#goOn(connection, accountId, roomId, watch.mode);
      else watch.isShaken = true;
    }
  }

  /** Begins a paused watch anew, unless the pause goes on, and tells that something may have been missed. */
  #goOn(connection: RoomsConnection, accountId: string, roomId: string, mode: WatchMode): Promise<unknown> {
    return this.#inTurn(connection, async (watches) => {
      const now = watches.byRoom.get(roomId);
      if (now === undefined || !("isPaused" in now)) return;
      await this.#watch(connection, accountId, watches, [{ roomId: toWireId("room", roomId), mode }]);
      const watch = watches.byRoom.get(roomId);
      if (!watch?.room) return;
      const { epoch, lastSeq, lastOrd, sequencer } = watch.room;
      const head = { epoch, rev: sequencer.appliedRev, lastSeq, lastOrd };
      if (mode === "open") connection.push({ push: "room.advanced", roomId: toWireId("room", roomId), ...head });
      else await this.#pushRows(connection, [{ accountId, roomId }]);
    }).catch((error: unknown) => {
      this.#deps.log.warn("a watch could not go on after a pause", { error });
    });
  }

  #shake(connection: RoomsConnection, watch: PendingWatch): void {
    watch.isShaken = true;
    if (watch.before) this.#end(connection, watch.before);
    watch.before = null;
  }

  /** Whether a connection has a room open just now. */
  hasOpen(connection: RoomsConnection, roomId: string): boolean {
    const watch = watchesOf(connection).byRoom.get(roomId);
    const active = watch?.room === null ? watch.before : watch;
    return active?.mode === "open";
  }

  #inTurn<T>(connection: RoomsConnection, run: (watches: ConnectionWatches) => Promise<T>): Promise<T> {
    const watches = watchesOf(connection);
    const turn = watches.tail.then(() => run(watches));
    watches.tail = turn.catch(() => {});
    return turn;
  }

  /**
   * Each watch is registered before the rights to it are read, and the room is served before that too: a change of rights
   * in between is noticed and the rights are read again.
   */
  async #watch(
    connection: RoomsConnection,
    accountId: string,
    watches: ConnectionWatches,
    rooms: CommandInput<"room.watch">["rooms"],
  ): Promise<CommandOutput<"room.watch">> {
    const asked = new Map(rooms.map((room) => [fromWireId(room.roomId), room]));
    this.#checkBounds(watches, asked);
    const pending = new Map<string, PendingWatch>();
    for (const [roomId, { mode }] of asked) {
      const now = watches.byRoom.get(roomId);
      const watch: PendingWatch = { mode, room: null, before: now?.room ? now : null, isShaken: false };
      pending.set(roomId, watch);
      watches.byRoom.set(roomId, watch);
    }
    const acquired = new Map<string, ServedRoom>();
    const opened: ServedRoom[] = [];
    let isSettled = false;
    try {
      await this.#acquire(pending, acquired);
      const readable = await this.#readRights(accountId, pending, acquired);
      for (const [roomId, watch] of pending) {
        const room = readable.has(roomId) ? acquired.get(roomId) : undefined;
        if (room === undefined || watches.isClosed || !connection.isOpen) continue;
        if (readable.get(roomId)?.isPaused) {
          pending.delete(roomId);
          watches.byRoom.set(roomId, { mode: watch.mode, room: null, before: null, isPaused: true });
          if (watch.before) this.#end(connection, watch.before);
          continue;
        }
        acquired.delete(roomId);
        pending.delete(roomId);
        // The room's own text of its id: the one that came with the command would be kept for each watcher.
        watches.byRoom.delete(roomId);
        watches.byRoom.set(room.roomId, activeWatch(room, watch.mode));
        connection.subscribe(topicOf(roomId, watch.mode));
        if (watch.before) this.#endReplaced(connection, watch.before, watch.mode);
        if (watch.mode === "open") opened.push(room);
      }
      this.#deps.delivery().unreadReaderCounts.pushTo(connection, opened);
      isSettled = true;
      return await this.#answer(connection, accountId, asked, readable);
    } finally {
      for (const [roomId, watch] of pending) {
        if (watches.isClosed) continue;
        if (!isSettled && watch.before) {
          watches.byRoom.set(roomId, watch.before);
          continue;
        }
        watches.byRoom.delete(roomId);
        if (watch.before) this.#end(connection, watch.before);
      }
      for (const [roomId, room] of acquired) this.#deps.delivery().hub.release(room, asked.get(roomId)?.mode ?? "head");
    }
  }

  #checkBounds(watches: ConnectionWatches, asked: ReadonlyMap<string, { mode: WatchMode }>): void {
    const counts = { open: 0, head: 0 };
    for (const [roomId, watch] of watches.byRoom) if (!asked.has(roomId)) counts[watch.mode]++;
    for (const { mode } of asked.values()) counts[mode]++;
    const { openRooms, headRooms } = this.#deps.limits;
    if (counts.open > openRooms) throw fail("room.too_many_watched", { max: openRooms });
    if (counts.head > headRooms) throw fail("room.too_many_watched", { max: headRooms });
  }

  async #acquire(pending: ReadonlyMap<string, PendingWatch>, acquired: Map<string, ServedRoom>): Promise<void> {
    const hub = this.#deps.delivery().hub;
    const outcomes = await Promise.allSettled(
      [...pending].map(async ([roomId, watch]) => {
        const room = await hub.acquire(roomId, watch.mode);
        if (room !== null) acquired.set(roomId, room);
      }),
    );
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }

  async #readRights(
    accountId: string,
    pending: ReadonlyMap<string, PendingWatch>,
    acquired: ReadonlyMap<string, ServedRoom>,
  ): Promise<Map<string, Membership>> {
    for (let reading = 1; ; reading++) {
      for (const watch of pending.values()) watch.isShaken = false;
      const readable = await this.#deps.catchUps.listReadable(accountId, [...acquired.keys()]);
      if (![...pending.values()].some((watch) => watch.isShaken)) return readable;
      if (reading === maxReadings) throw fail("server.busy");
    }
  }

  /** Returns what was missed: the changes to those who watch all, the room as it is now to those who watch its head. */
  async #answer(
    connection: RoomsConnection,
    accountId: string,
    asked: ReadonlyMap<string, CommandInput<"room.watch">["rooms"][number]>,
    readable: ReadonlyMap<string, Membership>,
  ): Promise<CommandOutput<"room.watch">> {
    const positions: RoomPosition[] = [];
    const catchUps: RoomCatchUp[] = [];
    const behind: Membership[] = [];
    for (const [roomId, { mode, rev, epoch = "" }] of asked) {
      const membership = readable.get(roomId);
      if (rev === undefined || membership === undefined) continue;
      // Pushes go on from here: who stands where the room stands has missed nothing, and nobody needs to be asked.
      if (mode === "open" && !membership.isPaused && this.#isAt(roomId, epoch, rev))
        catchUps.push(presentNothingMissed(roomId, epoch, rev));
      else if (mode === "open") positions.push({ roomId, epoch, rev });
      else if (membership.isPaused ? membership.rev > rev : this.#isBehind(roomId, epoch, rev)) behind.push(membership);
    }
    catchUps.push(...(await this.#deps.catchUps.load(accountId, uniquePositions(positions), readable)));
    if (behind.length > 0) await this.#pushRows(connection, behind);
    const gone = [...asked.keys()].filter((roomId) => !readable.has(roomId));
    return { catchUps, goneRoomIds: gone.map((roomId) => toWireId("room", roomId)) };
  }

  /** Whether a room stands at a position, as far as this node has told it. */
  #isAt(roomId: string, epoch: string, rev: number): boolean {
    const room = this.#deps.delivery().hub.find(roomId);
    return room !== undefined && room.epoch === epoch && room.sequencer.appliedRev === rev;
  }

  /**
   * Whether a head moved on before the connection was subscribed; later moves are pushed. Asked of the sequencer in
   * the moment of the subscription: the rights were read earlier, and what was applied in between would be lost.
   */
  #isBehind(roomId: string, epoch: string, rev: number): boolean {
    const room = this.#deps.delivery().hub.find(roomId);
    return room !== undefined && (room.epoch !== epoch || room.sequencer.appliedRev > rev);
  }

  /**
   * Pushes rooms that went on as rows of the list rather than by their heads: the last message alone would not say that
   * one's own cursor moved with an earlier one, sent from another device.
   */
  async #pushRows(connection: RoomsConnection, memberships: readonly Pair[]): Promise<void> {
    const { db, accountChanges, epochs } = this.#deps;
    const rows = await listSummaries(db.sql, memberships);
    const rooms = await accountChanges.present(rows);
    for (const room of rooms) {
      const { accountRev } = room;
      connection.push({ push: "membership.changed", accountEpoch: epochs.account, accountRev, room });
    }
  }

  #end(connection: RoomsConnection, watch: ActiveWatch): void {
    connection.unsubscribe(topicOf(watch.room.roomId, watch.mode));
    this.#deps.delivery().hub.release(watch.room, watch.mode);
  }

  #endReplaced(connection: RoomsConnection, before: ActiveWatch, mode: WatchMode): void {
    if (before.mode !== mode) connection.unsubscribe(topicOf(before.room.roomId, before.mode));
    this.#deps.delivery().hub.release(before.room, before.mode);
  }
}

const topicOf = (roomId: string, mode: WatchMode) => (mode === "open" ? openTopic(roomId) : headTopic(roomId));
