import type { Clock, Timer } from "@maru/protocol";
import { type Change, encodeAdvance, type Head } from "./changes.ts";

/** Rooms with more members than this tell their head at most once a second. */
const promptMembers = 100;
const pauseMs = 1_000;
/** Authors of one batch whose last messages are told apart, so that their other devices see what they have read. */
const maxAuthors = 16;

export type HeadRoom = {
  readonly roomId: string;
  readonly epoch: string;
  readonly lastSeq: number;
  readonly lastOrd: number;
  readonly memberCount: number;
};

/** Pushes the heads of rooms to those who watch no more than that. */
export class HeadFrames {
  readonly #clock: Clock;
  readonly #publish: (topic: string, pushes: readonly string[]) => void;
  readonly #waiting = new Map<HeadRoom, { rev: number; messageJson: string }>();
  #timer: Timer | null = null;

  constructor(clock: Clock, publish: (topic: string, pushes: readonly string[]) => void) {
    this.#clock = clock;
    this.#publish = publish;
  }

  /** Publishes changes that were just applied; `room` holds the numbers after them. */
  publish(room: HeadRoom, changes: readonly Change[]): void {
    if (room.memberCount <= promptMembers) {
      this.#publish(headTopic(room.roomId), encodeHeads(room, changes));
      return;
    }
    const last = changes[changes.length - 1];
    if (last === undefined) return;
    const message = changes.findLast((change) => change.seq === room.lastSeq && change.seq > 0);
    const json = message?.json ?? this.#waiting.get(room)?.messageJson ?? "";
    this.#waiting.set(room, { rev: last.rev, messageJson: json });
    this.#timer ??= this.#clock.setTimeout(() => this.#flush(), pauseMs);
  }

  close(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting.clear();
  }

  #flush(): void {
    this.#timer = null;
    for (const [room, { rev, messageJson }] of this.#waiting) {
      const push = encodeAdvance(room.roomId, room.epoch, headOf(room, rev), messageJson);
      this.#publish(headTopic(room.roomId), [push]);
    }
    this.#waiting.clear();
  }
}

export const openTopic = (roomId: string) => `room:${roomId}`;
export const headTopic = (roomId: string) => `room:${roomId}:head`;

const headOf = (room: HeadRoom, rev: number): Head => ({ rev, lastSeq: room.lastSeq, lastOrd: room.lastOrd });

/** One push for the last message of each author, and one for where the room stands at the end. */
function encodeHeads(room: HeadRoom, changes: readonly Change[]): string[] {
  const last = changes[changes.length - 1];
  if (last === undefined) return [];
  const seen = new Set<string>();
  const encoded: string[] = [];
  const isNews = (change: Change) => change.push === "message.sent" || (change.seq > 0 && change.seq === room.lastSeq);
  const end = { rev: last.rev, lastSeq: room.lastSeq, lastOrd: room.lastOrd };
  encoded.push(encodeAdvance(room.roomId, room.epoch, end, isNews(last) ? last.json : ""));
  if (isNews(last)) seen.add(last.authorId);
  for (let i = changes.length - 2; i >= 0 && seen.size < maxAuthors; i--) {
    const change = changes[i];
    if (change === undefined || !isNews(change) || seen.has(change.authorId)) continue;
    seen.add(change.authorId);
    const head = { rev: change.rev, lastSeq: change.seq, lastOrd: change.ord };
    encoded.push(encodeAdvance(room.roomId, room.epoch, head, change.json));
  }
  return encoded.reverse();
}
