import type { Message, RoomId, RoomSummary } from "@maru/protocol";
import type { ClientWorld } from "./client.fixture.ts";
import type { MaruClient } from "./client.ts";
import { account, aRoom, RoomLog, roomId, selfId } from "./entities.fixture.ts";

/** A room on the pretended server: answers watches, pages, gaps and sends out of its log, as the real one does. */
export class PretendedRoom {
  readonly log = new RoomLog();
  epoch = "one";
  /** Changes replayed at most; beyond it the answer is a reset. */
  maxChanges = 500;
  readonly #world: ClientWorld;

  constructor(world: ClientWorld) {
    this.#world = world;
    world.answer("account.sync", () => ({
      epoch: "one",
      toRev: 1,
      heads: "heads",
      reset: true,
      rooms: [this.summary()],
      catchUps: [],
      goneRoomIds: [],
      match: { state: "idle", reason: "none" },
    }));
    world.answer("room.watch", ({ rooms }) => {
      const asked = (rooms as { mode: string; epoch: string; rev: number }[]).filter(({ mode }) => mode === "open");
      return { catchUps: asked.map(({ epoch, rev }) => this.#since(epoch, rev)), goneRoomIds: [] };
    });
    world.answer("room.changes", ({ epoch, rev }) => this.#since(epoch as string, rev as number));
    world.answer("message.list", (place) => this.list(place));
    world.answer("message.send", ({ clientMessageId, text }) => ({
      message: this.store(clientMessageId as string, text as string),
    }));
  }

  list({ before, after, around, from, limit }: Record<string, unknown>) {
    const count = limit as number;
    if (around !== undefined)
      return this.log.page({ after: Math.max(0, (around as number) - count / 2), limit: count });
    if (from !== undefined) {
      const first = this.log.messages.find(({ sentAt }) => sentAt >= (from as string));
      if (!first) return { messages: [], hasOlder: true, hasNewer: false, rev: this.log.rev };
      return this.log.page({ after: first.seq - 1, limit: count });
    }
    return this.log.page({
      limit: count,
      ...(before === undefined ? {} : { before: before as number }),
      ...(after === undefined ? {} : { after: after as number }),
    });
  }

  /** Stores a send once for each key. */
  store(clientMessageId: string, text: string): Message {
    const held = this.log.messages.find((message) => message.clientMessageId === clientMessageId);
    return held ?? this.log.say({ clientMessageId, text, authorId: selfId });
  }

  /** Pushes a message of the log to whoever is connected. */
  push(message: Message): void {
    this.#world.socket.push({ push: "message.sent", roomId, epoch: this.epoch, rev: message.rev, message });
  }

  /** Says where the room stands, as those hear it who have it in their list. */
  advance(): void {
    const { rev, lastSeq, lastOrd, lastMessage } = this.summary();
    const last = lastMessage ? { lastMessage } : {};
    this.#world.socket.push({ push: "room.advanced", roomId, epoch: this.epoch, rev, lastSeq, lastOrd, ...last });
  }

  summary(): RoomSummary {
    const last = this.log.messages.at(-1);
    const at = last ? { lastMessage: last, activeAt: last.sentAt } : {};
    const seq = this.log.messages.length;
    return aRoom({ epoch: this.epoch, rev: this.log.rev, lastSeq: seq, lastOrd: seq, ...at });
  }

  #since(epoch: string, rev: number) {
    const missed = this.log.since(rev);
    if (epoch === this.epoch && missed.changes.length <= this.maxChanges) return { ...missed, epoch };
    const { messages, hasOlder } = this.log.page({ limit: 50 });
    const room = this.summary();
    return { roomId, reset: true as const, epoch: this.epoch, toRev: this.log.rev, room, messages, hasOlder };
  }
}

/** The room as a client shows it; throws while it shows something else. */
export function shownBy(maru: MaruClient, id: RoomId = roomId) {
  const { room, release } = maru.rooms.open(id);
  const now = room.getSnapshot();
  release();
  if (now.state !== "ready") throw new Error(`The room is ${now.state} for ${account.nickname}.`);
  return now;
}
