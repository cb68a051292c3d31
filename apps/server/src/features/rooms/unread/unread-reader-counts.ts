import { type Clock, type Push, type Timer, toWireId } from "@maru/protocol";
import { openTopic } from "../log/head-frames.ts";
import type { ServedRoom } from "../log/room-hub.ts";
import type { RoomsConnection, RoomsDatabase, RoomsLog, RoomsSockets } from "../ports.ts";
import { type CursorCounts, countCursors } from "./store-unread.ts";

/** One room is counted at most this often, in ms; what moves together within `gatherMs` is counted together. */
const pauseMs = 1_000;
const gatherMs = 20;
/** A count that somebody may have changed without our hearing of it is taken again after this time, in ms. */
const staleMs = 10_000;
/** Rooms in one question to the database. */
const batchRooms = 200;

type Counted = { frame: string; push: Push<"readers.counted">; at: number; isOver: boolean };

export type UnreadReaderCountsDeps = {
  readonly db: RoomsDatabase;
  readonly clock: Clock;
  readonly sockets: RoomsSockets;
  readonly log: RoomsLog;
};

/**
 * Returns how many people have not read each message: no row and no push per reader, but one count of the room's read
 * cursors, at most once a second, for all who have the room open. A count is a state: losing one costs a moment.
 */
export class UnreadReaderCounts {
  readonly #deps: UnreadReaderCountsDeps;
  readonly #counted = new WeakMap<ServedRoom, Counted>();
  readonly #waiting = new Set<ServedRoom>();
  #timer: Timer | null = null;
  #timerAt = 0;
  #isCounting = false;

  constructor(deps: UnreadReaderCountsDeps) {
    this.#deps = deps;
  }

  /** Receives that a cursor, a message or a member of the room moved. */
  stir(room: ServedRoom): void {
    if (room.openCount === 0) {
      this.#counted.delete(room);
      return;
    }
    if (this.#waiting.has(room)) return;
    this.#waiting.add(room);
    this.#arm(this.#dueAt(room));
  }

  /** Pushes the counts to one connection that has just opened rooms, in one frame. */
  pushTo(connection: RoomsConnection, rooms: readonly ServedRoom[]): void {
    const pushes: Push[] = [];
    for (const room of rooms) {
      const counted = this.#counted.get(room);
      if (counted) pushes.push(counted.push);
      else this.stir(room);
    }
    if (pushes.length > 0) connection.push(...pushes);
  }

  /** Counts rooms again in which somebody may have read without our hearing of it. */
  heal(rooms: Iterable<ServedRoom>): void {
    const before = this.#deps.clock.monotonic() - staleMs;
    for (const room of rooms) {
      const counted = this.#counted.get(room);
      if (room.openCount > 0 && counted && !counted.isOver && counted.at <= before) this.stir(room);
    }
  }

  close(): void {
    if (this.#timer !== null) this.#deps.clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting.clear();
  }

  /** When a room may be counted next, in monotonic ms. */
  #dueAt(room: ServedRoom): number {
    const now = this.#deps.clock.monotonic();
    const counted = this.#counted.get(room);
    return Math.max(now + gatherMs, counted ? counted.at + pauseMs : 0);
  }

  #arm(at: number): void {
    if (this.#isCounting || (this.#timer !== null && this.#timerAt <= at)) return;
    const { clock } = this.#deps;
    if (this.#timer !== null) clock.clearTimeout(this.#timer);
    this.#timerAt = at;
    // re-arms: only while rooms wait to be counted
    this.#timer = clock.setTimeout(() => void this.#countDue(), at - clock.monotonic());
  }

  async #countDue(): Promise<void> {
    this.#timer = null;
    this.#isCounting = true;
    const now = this.#deps.clock.monotonic();
    const due = [...this.#waiting].filter((room) => (this.#counted.get(room)?.at ?? -pauseMs) + pauseMs <= now);
    for (let i = 0; i < due.length; i += batchRooms) await this.#count(due.slice(i, i + batchRooms), now);
    this.#isCounting = false;
    if (this.#waiting.size > 0) this.#arm(Math.min(...[...this.#waiting].map((room) => this.#dueAt(room))));
  }

  async #count(rooms: readonly ServedRoom[], now: number): Promise<void> {
    for (const room of rooms) this.#waiting.delete(room);
    try {
      const counts = await countCursors(
        this.#deps.db.sql,
        rooms.map((room) => room.roomId),
      );
      for (const room of rooms) this.#publish(room, counts.get(room.roomId), now);
    } catch (error) {
      // The comparison of heads comes back to them.
      this.#deps.log.warn("unread people could not be counted", { error });
      for (const room of rooms) {
        const counted = this.#counted.get(room);
        if (counted) Object.assign(counted, { at: now, isOver: false });
      }
    }
  }

  #publish(room: ServedRoom, counts: CursorCounts | undefined, now: number): void {
    if (counts === undefined || room.openCount === 0) return;
    const push: Push<"readers.counted"> = {
      push: "readers.counted",
      roomId: toWireId("room", room.roomId),
      epoch: room.epoch,
      toSeq: counts.lastSeq,
      steps: stepsOf(counts),
    };
    const frame = JSON.stringify(push);
    const isNews = this.#counted.get(room)?.frame !== frame;
    const isOver = push.steps.every(([, people]) => people === 0);
    this.#counted.set(room, { frame, push, at: now, isOver });
    if (isNews) this.#deps.sockets.publish(openTopic(room.roomId), [frame]);
  }
}

/**
 * Turns cursors into steps: from each `seq` on, so many people have not read a message, up to the next step. A person
 * has read all up to their cursor, so the number falls from the newest message to the oldest.
 */
export function stepsOf({ lastSeq, people, cursors, isWhole, skipped }: CursorCounts): Step[] {
  const steps: Step[] = [];
  let unread = people;
  for (const cursor of cursors) {
    if (cursor.seq < lastSeq) steps.push([cursor.seq + 1, unread]);
    unread -= cursor.people;
  }
  if (isWhole && steps.at(-1)?.[0] !== 1) steps.push([1, 0]);
  return skipped.reduce(addOne, steps.reverse());
}

type Step = [seq: number, people: number];

/** One person more who has not read one message, whatever is true of those before and after it. */
function addOne(steps: Step[], seq: number): Step[] {
  const place = steps.findLastIndex(([from]) => from <= seq);
  const step = steps[place];
  if (step === undefined) return steps;
  const end = steps[place + 1]?.[0] ?? seq + 2;
  const parts: Step[] = [
    [step[0], step[1]],
    [seq, step[1] + 1],
    [seq + 1, step[1]],
  ];
  const kept = parts.filter(([from], i) => (i === 0 ? from < seq : i === 1 || from < end));
  return [...steps.slice(0, place), ...kept, ...steps.slice(place + 1)];
}
