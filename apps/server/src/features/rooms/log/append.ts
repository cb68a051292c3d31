import { type Clock, type Message, toWireId } from "@maru/protocol";
import { failRefused, requireWritable } from "../errors.ts";
import type { RoomsDatabase } from "../ports.ts";
import { presentMessage } from "../present.ts";
import { listMessagesAt } from "../store-messages.ts";
import type { Change, RoomChanges } from "./changes.ts";
import { classifyAppendFailure } from "./db-errors.ts";
import type { Epochs } from "./epochs.ts";
import { KeyedBatcher } from "./keyed-batcher.ts";
import { type AppendRow, appendBatch, type Send } from "./store-append.ts";
import { writeMessage } from "./written-changes.ts";

export type AppendDeps = {
  readonly db: RoomsDatabase;
  readonly clock: Clock;
  readonly epochs: Epochs;
  /** Publishes committed changes. */
  announce(list: readonly RoomChanges[]): void;
  /** Receives that something was said in rooms that somebody had put away. */
  noteUnhide(): void;
};

type Result = Message | Error;

const laneCount = 2;
const maxBatch = 128;
const maxQueued = 4_096;
const deadlineMs = 8_000;

/** The write path of messages: lanes of batches, each one statement, replies and pushes after its commit. */
export class Append {
  readonly #batcher: KeyedBatcher<Send, Result>;
  readonly #deps: AppendDeps;

  constructor(deps: AppendDeps) {
    this.#deps = deps;
    this.#batcher = new KeyedBatcher({
      clock: deps.clock,
      laneCount,
      maxBatch,
      maxQueued,
      deadlineMs,
      keyOf: (send) => send.roomId,
      run: (sends) => this.#run(sends),
      // With a full disk a repeat is in vain, and those who wait behind it would only learn so late.
      classifyFailure: (error) => (deps.db.isWritable ? classifyAppendFailure(error) : "refuse"),
    });
  }

  /** Puts a send in line before it returns; resolves with the message once it is committed. */
  async send(send: Send): Promise<Message> {
    requireWritable(this.#deps.db);
    const result = await this.#batcher.enqueue(send);
    if (result instanceof Error) throw result;
    return result;
  }

  whenIdle(): Promise<void> {
    return this.#batcher.whenIdle();
  }

  async #run(sends: readonly Send[]): Promise<Result[]> {
    const rows = await appendBatch(this.#deps.db.reserved.sql, sends);
    const results = new Array<Result>(sends.length);
    const byRoom = new Map<string, { roomId: string; epoch: string; changes: Change[] }>();
    const sentAt = new Date(rows[0]?.sentMs ?? 0).toISOString();
    let isUnhiding = false;
    let olds: number[] | null = null;
    for (let i = 0; i < sends.length; i++) {
      const send = sends[i] as Send;
      const row = rows[i] as AppendRow;
      if (row.outcome === "new") {
        const message = presentNew(send, row, sentAt);
        results[i] = message;
        this.#changesOf(byRoom, send.roomId, row.roomEpoch).push(changeOf(message, row));
        if (row.hasHidden) isUnhiding = true;
      } else if (row.outcome === "old") {
        olds ??= [];
        olds.push(i);
      } else if (row.outcome === "again") {
        results[i] = findEarlier(sends, results, i);
      } else {
        results[i] = failRefused(row.outcome);
      }
    }
    if (olds !== null) await this.#repeat(olds, sends, rows, results, byRoom);
    this.#deps.announce([...byRoom.values()]);
    if (isUnhiding) this.#deps.noteUnhide();
    return results;
  }

  #changesOf(
    byRoom: Map<string, { roomId: string; epoch: string; changes: Change[] }>,
    roomId: string,
    roomEpoch: number,
  ): Change[] {
    let room = byRoom.get(roomId);
    if (room === undefined) {
      room = { roomId, epoch: this.#deps.epochs.ofRoom(roomEpoch), changes: [] };
      byRoom.set(roomId, room);
    }
    return room.changes;
  }

  /**
   * Answers repeats with the message as it is now, and tells it once more: whoever wrote it first may have died between
   * commit and publish. Sequencers ignore what they have.
   */
  async #repeat(
    indexes: readonly number[],
    sends: readonly Send[],
    rows: readonly AppendRow[],
    results: Result[],
    byRoom: Map<string, { roomId: string; epoch: string; changes: Change[] }>,
  ): Promise<void> {
    const places = indexes.map((i) => ({ roomId: sends[i]?.roomId ?? "", seq: rows[i]?.seq ?? 0 }));
    const found = await listMessagesAt(this.#deps.db.reserved.sql, places);
    for (const [n, i] of indexes.entries()) {
      const row = found[n];
      const send = sends[i] as Send;
      if (row == null) throw new Error("a message that was just found is gone");
      results[i] = presentMessage(row);
      this.#changesOf(byRoom, send.roomId, rows[i]?.roomEpoch ?? 0).push(writeMessage(row));
    }
  }
}

function presentNew(send: Send, row: AppendRow, sentAt: string): Message {
  return {
    seq: row.seq ?? 0,
    ord: row.ord ?? 0,
    rev: row.rev ?? 0,
    kind: "text",
    authorId: toWireId("membership", row.memberId),
    text: send.text,
    ...(send.extra ? { extra: send.extra } : {}),
    clientMessageId: send.clientMessageId,
    sentAt,
  };
}

function changeOf(message: Message, row: AppendRow): Change {
  return {
    rev: message.rev,
    push: "message.sent",
    json: JSON.stringify(message),
    seq: message.seq,
    ord: message.ord,
    authorId: row.memberId,
    departedId: "",
    pausedId: row.pausedId,
  };
}

/** Finds the result of the same key earlier in the batch. */
function findEarlier(sends: readonly Send[], results: readonly Result[], i: number): Result {
  const send = sends[i] as Send;
  const earlier = sends.findIndex(
    (other) =>
      other.roomId === send.roomId &&
      other.accountId === send.accountId &&
      other.clientMessageId === send.clientMessageId,
  );
  return results[earlier] as Result;
}
