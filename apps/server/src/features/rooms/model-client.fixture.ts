import type { Member, Message, Push, RoomCatchUp, RoomChange, RoomId, RoomPush, RoomState } from "@maru/protocol";
import type { WorldConnection } from "./rooms.fixture.ts";

/**
 * A client of one room, written from the protocol alone: it knows nothing of the server's code. Holds what it was told and
 * notes every breach of what is promised.
 */
export class ModelClient {
  readonly messages = new Map<number, Message>();
  readonly members = new Map<string, Member>();
  state: RoomState | null = null;
  rev = -1;
  epoch = "";
  /** The revs of all pushes, in the order in which they came. */
  readonly pushedRevs: number[] = [];
  /** How often the client had to ask although the server promised to push everything. */
  jumps = 0;
  #early = new Map<number, RoomPush>();
  #waiting: { rev: number; resolve: () => void }[] = [];

  constructor(
    readonly connection: WorldConnection,
    readonly roomId: RoomId,
  ) {
    connection.onPush((push) => this.#take(push));
  }

  /** Watches the room fully and loads all of it. */
  async open(): Promise<void> {
    const input = { roomId: this.roomId, mode: "open", epoch: "", rev: 0 } as const;
    const { catchUps } = await this.connection.run("room.watch", { rooms: [input] });
    const [fresh] = catchUps;
    if (!fresh?.reset) throw new Error("a client that holds nothing is told all");
    this.#catchUp(fresh);
    for (let first = fresh.messages[0]?.seq ?? 1; first > 1; ) {
      const page = await this.connection.run("message.list", { roomId: this.roomId, before: first, limit: 100 });
      for (const message of page.messages) this.#put(message);
      first = page.messages[0]?.seq ?? 1;
    }
  }

  /** Resolves when the client stands at a rev. */
  whenAt(rev: number): Promise<void> {
    return this.rev >= rev ? Promise.resolve() : new Promise((resolve) => this.#waiting.push({ rev, resolve }));
  }

  /** What it holds, in a form that can be compared. */
  get picture() {
    return {
      messages: [...this.messages.values()].sort((a, b) => a.seq - b.seq),
      members: [...this.members.values()]
        .filter(({ state }) => state === "active")
        .sort((a, b) => (a.id < b.id ? -1 : 1)),
      state: this.state?.state,
    };
  }

  /** Breaches of the order promised for pushes: each is one more than the one before. */
  get gaps(): string[] {
    return this.pushedRevs.flatMap((rev, i) => {
      const before = this.pushedRevs[i - 1];
      return before === undefined || rev === before + 1 ? [] : [`${before} → ${rev}`];
    });
  }

  #take(push: Push): void {
    if (!("rev" in push) || push.roomId !== this.roomId) return;
    if (push.push === "room.advanced") {
      if (push.rev > this.rev && this.rev >= 0) {
        this.jumps++;
        void this.#ask();
      }
      return;
    }
    this.pushedRevs.push(push.rev);
    if (this.rev >= 0 && push.rev <= this.rev) return;
    this.#early.set(push.rev, push);
    this.#drain();
  }

  async #ask(): Promise<void> {
    const { roomId, epoch, rev } = this;
    this.#catchUp(await this.connection.run("room.changes", { roomId, epoch, rev }));
  }

  #catchUp(told: RoomCatchUp): void {
    this.epoch = told.epoch;
    if (told.reset) {
      const { kind, state, rev } = told.room;
      this.messages.clear();
      this.state = { kind, state, rev };
      for (const member of told.room.members) this.members.set(member.id, member);
      for (const message of told.messages) this.#put(message);
    } else {
      for (const change of told.changes) this.#apply(change);
    }
    this.rev = Math.max(this.rev, told.toRev);
    this.#drain();
  }

  #drain(): void {
    if (this.rev < 0) return;
    for (const [rev] of this.#early) if (rev <= this.rev) this.#early.delete(rev);
    for (let next = this.#early.get(this.rev + 1); next; next = this.#early.get(this.rev + 1)) {
      this.#early.delete(next.rev);
      this.#apply(next);
      this.rev = next.rev;
    }
    for (const waiter of this.#waiting.filter(({ rev }) => rev <= this.rev)) {
      this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
      waiter.resolve();
    }
  }

  #apply(change: Omit<RoomChange, "rev"> | RoomPush): void {
    if ("message" in change && change.message) this.#put(change.message);
    if ("member" in change && change.member) {
      const held = this.members.get(change.member.id);
      if (held === undefined || held.rev <= change.member.rev) this.members.set(change.member.id, change.member);
    }
    if ("room" in change && change.room) this.state = change.room;
  }

  #put(message: Message): void {
    const held = this.messages.get(message.seq);
    if (held === undefined || held.rev <= message.rev) this.messages.set(message.seq, message);
  }
}
