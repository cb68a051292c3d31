import type { Clock } from "@maru/protocol";
import { BatchLoader } from "../../../platform/batch-loader.ts";
import { PeriodicTask } from "../../../platform/periodic-task.ts";
import type { RoomsBus, RoomsDatabase, RoomsLog } from "../ports.ts";
import { type Change, decodeNotice, isOwnNotice, type RoomChanges } from "./changes.ts";
import type { Epochs } from "./epochs.ts";
import { RoomHubShards, type Shard } from "./room-hub-shards.ts";
import { Sequencer, type SequencerPort } from "./sequencer.ts";
import { type HeadRow, listHeads } from "./store-changes.ts";

/** How often the heads of served rooms are compared with the database, in ms. */
const compareEveryMs = 5_000;
/** How long a room without watchers stays served, so that a reload finds it open. */
const lingerMs = 10_000;
/** Rooms in one question to the database. */
const batchRooms = 2_000;

export type WatchMode = "open" | "head";

/** A watch that runs; all watchers of a room in one mode share one. */
export type ActiveWatch = { readonly mode: WatchMode; readonly room: ServedRoom };

/** A room that somebody on this node watches. */
export type ServedRoom = {
  readonly roomId: string;
  readonly sequencer: Sequencer;
  readonly shard: Shard;
  /** Resolves to false when there is no such room; null once it is served. */
  ready: Promise<boolean> | null;
  isReady: boolean;
  epoch: string;
  lastSeq: number;
  lastOrd: number;
  memberCount: number;
  /** The member who is paused as the database said last, or "". */
  pausedId: string;
  openCount: number;
  headCount: number;
  /** Since when nobody watches, in monotonic ms. */
  idleSince: number;
  asOpen: ActiveWatch | null;
  asHead: ActiveWatch | null;
};

export function activeWatch(room: ServedRoom, mode: WatchMode): ActiveWatch {
  if (mode === "open") {
    room.asOpen ??= { mode, room };
    return room.asOpen;
  }
  room.asHead ??= { mode, room };
  return room.asHead;
}

export type RoomHubDeps = {
  readonly db: RoomsDatabase;
  readonly bus: RoomsBus;
  readonly clock: Clock;
  readonly log: RoomsLog;
  readonly nodeId: string;
  readonly epochs: Epochs;
  /** Hands changes in order to the sockets. */
  emit(room: ServedRoom, changes: readonly Change[]): void;
  /** Asks for a fill of a room from the database. */
  requestFill(room: ServedRoom): void;
  /** Publishes to watchers that the numbering is another one. */
  publishReset(room: ServedRoom): void;
  /** Receives that somebody on another node read. */
  onRemoteRead(room: ServedRoom): void;
  /** Receives something from another node that may be dropped. */
  onRemoteEphemeral(room: ServedRoom, frame: string): void;
  /** Receives that another member of a room is paused than the comparison before said. */
  pauseMoved(roomId: string): void;
  /** Called with all rooms after each comparison with the database. */
  compared(rooms: Iterable<ServedRoom>): void;
  readonly createSequencer?: (port: SequencerPort) => Sequencer;
};

/** A room's way to the sockets. An object rather than closures: of a hundred thousand rooms each closure is felt. */
class RoomPort implements SequencerPort {
  room: ServedRoom | null = null;
  readonly #deps: RoomHubDeps;

  constructor(deps: RoomHubDeps) {
    this.#deps = deps;
  }

  get clock(): Clock {
    return this.#deps.clock;
  }

  emit(changes: readonly Change[]): void {
    if (this.room) this.#deps.emit(this.room, changes);
  }

  requestFill(): void {
    if (this.room) this.#deps.requestFill(this.room);
  }
}

/** The rooms that this node's sockets watch, each with its sequencer. */
export class RoomHub {
  readonly #rooms = new Map<string, ServedRoom>();
  readonly #deps: RoomHubDeps;
  readonly #shards: RoomHubShards;
  readonly #heads: BatchLoader<string, HeadRow>;
  readonly #looking: PeriodicTask;
  #isComparing = false;

  constructor(deps: RoomHubDeps) {
    this.#deps = deps;
    this.#shards = new RoomHubShards(deps.bus, (payload) => this.receive(payload));
    this.#heads = new BatchLoader(batchRooms, async (roomIds) => {
      const heads = await listHeads(deps.db.sql, roomIds);
      return new Map(heads.map((head) => [head.roomId, head]));
    });
    this.#looking = new PeriodicTask(
      deps.clock,
      compareEveryMs,
      async () => this.#look(),
      (error) => deps.log.warn("rooms could not be looked after", { error }),
    );
  }

  start(): void {
    this.#deps.bus.onReconnect(() => void this.compareHeads());
    this.#looking.start();
  }

  close(): void {
    void this.#looking.stop();
    for (const room of this.#rooms.values()) room.sequencer.close();
    this.#rooms.clear();
    this.#shards.close();
  }

  find(roomId: string): ServedRoom | undefined {
    return this.#rooms.get(roomId);
  }

  /**
   * Counts a watcher in and resolves once the room is served: subscribed on the bus first, then its head read, so that
   * nothing falls between. Null when there is no such room; then nothing is counted.
   */
  async acquire(roomId: string, mode: WatchMode): Promise<ServedRoom | null> {
    const room = this.#rooms.get(roomId) ?? this.#open(roomId);
    this.#count(room, mode, 1);
    try {
      if (room.isReady || (await (room.ready ?? false))) return room;
    } catch (error) {
      this.#count(room, mode, -1);
      throw error;
    }
    this.#count(room, mode, -1);
    return null;
  }

  release(room: ServedRoom, mode: WatchMode): void {
    this.#count(room, mode, -1);
  }

  /** Takes changes written by this node. */
  offer(list: readonly RoomChanges[]): void {
    for (const { roomId, epoch, changes } of list) {
      const room = this.#rooms.get(roomId);
      if (room !== undefined && (room.epoch === epoch || !room.isReady)) room.sequencer.offer(changes);
    }
  }

  /** Takes a notice from the bus. */
  receive(payload: string): void {
    if (isOwnNotice(this.#deps.nodeId, payload)) return;
    const notice = decodeNotice(payload, (roomId) => this.#rooms.has(roomId));
    this.offer(notice.rooms);
    for (const roomId of notice.reads) {
      const room = this.#rooms.get(roomId);
      if (room) this.#deps.onRemoteRead(room);
    }
    for (const { roomId, frame } of notice.ephemeral) {
      const room = this.#rooms.get(roomId);
      if (room) this.#deps.onRemoteEphemeral(room, frame);
    }
  }

  /** Compares every served room with the database: what the bus lost, or its sender, is found here. */
  async compareHeads(): Promise<void> {
    if (this.#isComparing) return;
    this.#isComparing = true;
    try {
      await this.#deps.epochs.refresh(this.#deps.db.sql);
      const ids = [...this.#rooms.keys()];
      for (let i = 0; i < ids.length; i += batchRooms) {
        for (const head of await listHeads(this.#deps.db.sql, ids.slice(i, i + batchRooms))) this.#compare(head);
      }
      this.#deps.compared(this.#rooms.values());
    } catch (error) {
      this.#deps.log.warn("heads could not be compared", { error });
    } finally {
      this.#isComparing = false;
    }
  }

  #compare(head: HeadRow): void {
    const room = this.#rooms.get(head.roomId);
    if (room === undefined || !room.isReady) return;
    room.memberCount = head.memberCount;
    if (room.pausedId !== head.pausedId) this.#deps.pauseMoved(room.roomId);
    room.pausedId = head.pausedId;
    if (room.epoch === this.#deps.epochs.ofRoom(head.roomEpoch)) {
      room.sequencer.noteRemoteHead(head.rev);
      return;
    }
    this.#standAt(room, head);
    room.sequencer.reset(head.rev);
    this.#deps.publishReset(room);
  }

  #open(roomId: string): ServedRoom {
    const { createSequencer = (port: SequencerPort) => new Sequencer(port), clock } = this.#deps;
    const port = new RoomPort(this.#deps);
    const room: ServedRoom = {
      roomId,
      sequencer: createSequencer(port),
      shard: this.#shards.hold(roomId),
      ready: null,
      isReady: false,
      epoch: "",
      lastSeq: 0,
      lastOrd: 0,
      memberCount: 0,
      pausedId: "",
      openCount: 0,
      headCount: 0,
      idleSince: clock.monotonic(),
      asOpen: null,
      asHead: null,
    };
    port.room = room;
    this.#rooms.set(roomId, room);
    room.ready = this.#prepare(room);
    return room;
  }

  async #prepare(room: ServedRoom): Promise<boolean> {
    try {
      await room.shard.ready;
      const head = await this.#heads.load(room.roomId);
      if (head !== undefined) {
        this.#standAt(room, head);
        room.isReady = true;
        room.ready = null;
        room.sequencer.open(head.rev);
        return true;
      }
    } catch (error) {
      this.#forget(room);
      throw error;
    }
    this.#forget(room);
    return false;
  }

  #standAt(room: ServedRoom, head: HeadRow): void {
    room.epoch = this.#deps.epochs.ofRoom(head.roomEpoch);
    room.lastSeq = head.lastSeq;
    room.lastOrd = head.lastOrd;
    room.memberCount = head.memberCount;
    room.pausedId = head.pausedId;
  }

  #count(room: ServedRoom, mode: WatchMode, step: 1 | -1): void {
    if (mode === "open") room.openCount += step;
    else room.headCount += step;
    if (room.openCount + room.headCount === 0) room.idleSince = this.#deps.clock.monotonic();
  }

  #forget(room: ServedRoom): void {
    if (this.#rooms.get(room.roomId) !== room) return;
    this.#rooms.delete(room.roomId);
    room.sequencer.close();
    this.#shards.release(room.shard);
  }

  #look(): void {
    const before = this.#deps.clock.monotonic() - lingerMs;
    for (const room of this.#rooms.values()) {
      if (room.isReady && room.openCount + room.headCount === 0 && room.idleSince <= before) this.#forget(room);
    }
    void this.compareHeads();
  }
}
