import type { Clock } from "@maru/protocol";
import type { Policies } from "../policy.ts";
import type { IdentityPort, RoomsBus, RoomsDatabase, RoomsLog, RoomsSockets } from "../ports.ts";
import { loadProfiles, presentMessage } from "../present.ts";
import { listMessagesAt } from "../store-messages.ts";
import { UnreadReaderCounts } from "../unread/unread-reader-counts.ts";
import { type Change, emptyNotice, encodeAdvance, encodeChange, encodeNotice, type RoomChanges } from "./changes.ts";
import type { Epochs } from "./epochs.ts";
import { HeadFrames, headTopic, openTopic } from "./head-frames.ts";
import { RoomHub, type ServedRoom } from "./room-hub.ts";
import { shardSubject } from "./room-hub-shards.ts";
import type { Sequencer, SequencerPort } from "./sequencer.ts";
import { listChangesSince, listDepartedSince } from "./store-changes.ts";
import { bridgeRevs, writeChanges } from "./written-changes.ts";

/** Changes in one frame. */
const frameChanges = 64;
/** Rooms in one fill, and the pause after one that failed, in ms. */
const fillRooms = 50;
const fillPauseMs = 1_000;

export type DeliveryDeps = {
  readonly db: RoomsDatabase;
  readonly bus: RoomsBus;
  readonly sockets: RoomsSockets;
  readonly identity: IdentityPort;
  readonly clock: Clock;
  readonly log: RoomsLog;
  readonly nodeId: string;
  readonly epochs: Epochs;
  readonly policies: Policies;
  /** Changes replayed before watchers are told to ask for themselves. */
  readonly maxFill: number;
  /** Ends the watches of an account that lost the right to read a room. */
  endWatches(accountId: string, roomId: string): void;
  /** Ends them at once where they run, and begins them anew if the account is not paused in the room after all. */
  pauseWatches(accountId: string, roomId: string): void;
  /** Handles, from a comparison with the database, that another member of a room is paused than before. */
  pauseMoved(roomId: string): void;
  readonly createSequencer?: (port: SequencerPort) => Sequencer;
};

/** Brings committed changes to the sockets: here at once, to the other nodes by the bus, in order of rev everywhere. */
export class Delivery {
  readonly hub: RoomHub;
  readonly unreadReaderCounts: UnreadReaderCounts;
  readonly #deps: DeliveryDeps;
  readonly #heads: HeadFrames;
  readonly #behind = new Set<ServedRoom>();
  #isFilling = false;

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
    this.#heads = new HeadFrames(deps.clock, (topic, pushes) => deps.sockets.publish(topic, pushes));
    this.unreadReaderCounts = new UnreadReaderCounts(deps);
    this.hub = new RoomHub({
      ...deps,
      emit: (room, changes) => this.#emit(room, changes),
      requestFill: (room) => this.#requestFill(room),
      publishReset: (room) => void this.#publishAdvance(room),
      onRemoteRead: (room) => this.unreadReaderCounts.stir(room),
      onRemoteEphemeral: (room, frame) => this.#passOn(room, frame),
      compared: (rooms) => this.unreadReaderCounts.heal(rooms),
    });
  }

  close(): void {
    this.#heads.close();
    this.unreadReaderCounts.close();
    this.hub.close();
  }

  /** Publishes changes that are committed, and only such. Never waits. */
  announce(list: readonly RoomChanges[]): void {
    this.hub.offer(list);
    for (const room of list) {
      const payload = encodeNotice(this.#deps.nodeId, { ...emptyNotice, rooms: [room] });
      this.#deps.bus.publish(shardSubject(room.roomId), payload);
    }
  }

  /** Publishes that read cursors of these rooms moved, on all nodes; only what is committed. */
  announceReads(roomIds: Iterable<string>): void {
    for (const roomId of new Set(roomIds)) {
      const room = this.hub.find(roomId);
      if (room) this.unreadReaderCounts.stir(room);
      const payload = encodeNotice(this.#deps.nodeId, { ...emptyNotice, reads: [roomId] });
      this.#deps.bus.publish(shardSubject(roomId), payload);
    }
  }

  /** Publishes to those who have a room open something that may be dropped and takes no rev. */
  publishEphemeral(roomId: string, frame: string): void {
    this.#passOn(this.hub.find(roomId), frame);
    const payload = encodeNotice(this.#deps.nodeId, { ...emptyNotice, ephemeral: [{ roomId, frame }] });
    this.#deps.bus.publish(shardSubject(roomId), payload);
  }

  #passOn(room: ServedRoom | undefined, frame: string): void {
    if (room && room.openCount > 0) this.#deps.sockets.publish(openTopic(room.roomId), [frame]);
  }

  /**
   * Publishes changes, cut where somebody leaves: what comes after that is not told to them, not even in one frame. Who is
   * paused is cut off before the first change that is not for them, whether or not their node has heard of the pause.
   */
  #emit(room: ServedRoom, changes: readonly Change[]): void {
    let start = 0;
    for (let i = 0; i < changes.length; i++) {
      const departedId = changes[i]?.departedId ?? "";
      const pausedId = changes[i]?.pausedId ?? "";
      if (pausedId !== "") {
        if (i > start) this.#publish(room, changes.slice(start, i));
        start = i;
        this.#deps.pauseWatches(pausedId, room.roomId);
      }
      if (departedId === "" && i - start + 1 < frameChanges && i + 1 < changes.length) continue;
      this.#publish(room, start === 0 && i + 1 === changes.length ? changes : changes.slice(start, i + 1));
      start = i + 1;
      if (departedId !== "") this.#deps.endWatches(departedId, room.roomId);
    }
  }

  #publish(room: ServedRoom, changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.seq > room.lastSeq) {
        room.lastSeq = change.seq;
        room.lastOrd = change.ord;
      }
      if (change.push === "member.joined") room.memberCount++;
      if (change.push === "member.left") room.memberCount--;
    }
    if (room.openCount > 0) {
      const pushes = changes.map((change) => encodeChange(room.roomId, room.epoch, change));
      this.#deps.sockets.publish(openTopic(room.roomId), pushes);
    }
    if (room.headCount > 0) this.#heads.publish(room, changes);
    if (changes.some(changesReaders)) this.unreadReaderCounts.stir(room);
  }

  #requestFill(room: ServedRoom): void {
    this.#behind.add(room);
    if (this.#isFilling) return;
    this.#isFilling = true;
    queueMicrotask(() => this.#fillAll());
  }

  async #fillAll(): Promise<void> {
    while (this.#behind.size > 0) {
      const rooms = [...this.#behind].slice(0, fillRooms);
      for (const room of rooms) this.#behind.delete(room);
      try {
        await this.#fill(rooms);
      } catch (error) {
        this.#deps.log.warn("rooms could not be filled from the database", { error });
        await new Promise<void>((resolve) => this.#deps.clock.setTimeout(resolve, fillPauseMs));
        for (const room of rooms) room.sequencer.fillFailed();
      }
    }
    this.#isFilling = false;
  }

  async #fill(rooms: readonly ServedRoom[]): Promise<void> {
    const { db, policies, identity, maxFill } = this.#deps;
    const positions = rooms.map((room) => ({ roomId: room.roomId, rev: room.sequencer.appliedRev }));
    const found = await listChangesSince(db.sql, positions, maxFill);
    const profiles = await loadProfiles(identity, policies, [...found.values()]);
    for (const [i, room] of rooms.entries()) {
      const changed = found.get(room.roomId);
      const fromRev = positions[i]?.rev ?? 0;
      if (changed === undefined) {
        room.sequencer.close();
      } else if (changed.isComplete) {
        const changes = writeChanges(changed, fromRev, policies, profiles);
        room.sequencer.fill(bridgeRevs(changes, fromRev, changed.rev), changed.rev);
        room.memberCount = changed.memberCount;
      } else {
        const departed = await listDepartedSince(db.sql, { roomId: room.roomId, rev: fromRev });
        for (const accountId of departed) this.#deps.endWatches(accountId, room.roomId);
        room.lastSeq = changed.lastSeq;
        room.lastOrd = changed.lastOrd;
        room.sequencer.skipTo(changed.rev);
        await this.#publishAdvance(room);
      }
    }
  }

  /** Publishes where the room stands, where too much changed to be pushed: watchers ask for what they miss. */
  async #publishAdvance(room: ServedRoom): Promise<void> {
    const head = { rev: room.sequencer.appliedRev, lastSeq: room.lastSeq, lastOrd: room.lastOrd };
    const [last] = await listMessagesAt(this.#deps.db.sql, [{ roomId: room.roomId, seq: head.lastSeq }]).catch(
      () => [],
    );
    const json = last ? JSON.stringify(presentMessage(last)) : "";
    const push = encodeAdvance(room.roomId, room.epoch, head, json);
    for (const topic of [openTopic(room.roomId), headTopic(room.roomId)]) this.#deps.sockets.publish(topic, [push]);
  }
}

/** Whether a change moves the number of people who have not read something. */
function changesReaders({ push }: Change): boolean {
  return push === "message.sent" || push === "member.joined" || push === "member.left";
}
