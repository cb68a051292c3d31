import type { Member, Message, RoomCatchUp, RoomChange, RoomPush, RoomState } from "@maru/protocol";

/** What a page of history brings. */
export type HistoryPage = { readonly messages: readonly Message[]; readonly hasOlder: boolean; readonly rev: number };

/** What applying a change means for the rest of what is known of the room. */
export type TimelineEffects = {
  readonly onMember: (member: Member) => void;
  readonly onRoom: (room: RoomState, rev: number) => void;
  readonly onMessage: (message: Message) => void;
};

/** Changes kept while an earlier one is missing; beyond it the room is loaded afresh. */
const maxEarly = 1_000;

/**
 * The messages of one open room, kept true by changes in order of `rev`: one that comes early waits, one that is known is
 * ignored. Pure: asks nothing, waits for nothing; whoever owns it fills the gaps that it tells of.
 */
export class Timeline {
  messages: readonly Message[] = [];
  hasOlder = false;
  /** The change up to which everything is known; null before the first page. */
  rev: number | null = null;
  epoch: string | null = null;
  readonly #early = new Map<number, RoomChange>();
  /** Where the room was said to stand. */
  #heardRev = 0;
  /** Changes of messages outside the loaded part while a page of it is on its way. */
  readonly #outside = new Map<number, Message>();
  readonly #effects: TimelineEffects;

  constructor(effects: TimelineEffects) {
    this.#effects = effects;
  }

  /** True while a change is missing between what is known and what came. */
  get hasGap(): boolean {
    return this.rev !== null && (this.#early.size > 0 || this.#heardRev > this.rev);
  }

  /** True when so much came early that filling is dearer than loading. */
  get isHopeless(): boolean {
    return this.#early.size > maxEarly;
  }

  /** Puts the newest page in place of everything, then what came while it was on its way. */
  load(page: HistoryPage, epoch: string): void {
    this.messages = page.messages;
    this.hasOlder = page.hasOlder;
    this.rev = page.rev;
    // What was heard of another numbering says nothing about this one.
    if (this.epoch !== null && this.epoch !== epoch) this.#heardRev = page.rev;
    this.epoch = epoch;
    this.#outside.clear();
    this.#drain();
  }

  /** Puts an older page in front; changes that overtook it win. */
  prepend(page: HistoryPage): void {
    const first = this.messages[0]?.seq ?? Number.POSITIVE_INFINITY;
    const older = page.messages
      .filter((message) => message.seq < first)
      .map((message) => {
        const changed = this.#outside.get(message.seq);
        return changed && changed.rev > message.rev ? changed : message;
      });
    this.messages = [...older, ...this.messages];
    this.hasOlder = page.hasOlder;
    this.#outside.clear();
  }

  /** Takes a push. False when it belongs to another numbering, and the room has to be loaded afresh. */
  push(push: RoomPush): boolean {
    if (this.epoch !== null && push.epoch !== this.epoch) return false;
    this.#offer(changeOf(push));
    return true;
  }

  /** Hears that the room stands at a change, without it. False when that is of another numbering. */
  hear(epoch: string, rev: number): boolean {
    if (this.epoch !== null && epoch !== this.epoch) return false;
    this.#heardRev = Math.max(this.#heardRev, rev);
    return true;
  }

  /** Takes one's own message from the reply to its send, which may come before the push or after it. */
  offerMessage(message: Message): void {
    this.#offer({ rev: message.rev, message });
  }

  /** Takes what was missed. A reset is the caller's to load. */
  catchUp(missed: Extract<RoomCatchUp, { reset: false }>): void {
    if (this.rev === null || missed.fromRev > this.rev) return;
    for (const change of missed.changes) if (change.rev > this.rev) this.#apply(change);
    this.rev = Math.max(this.rev, missed.toRev);
    this.#drain();
  }

  #offer(change: RoomChange): void {
    if (this.rev !== null && change.rev <= this.rev) return;
    this.#early.set(change.rev, change);
    this.#drain();
  }

  #drain(): void {
    if (this.rev === null) return;
    for (const rev of this.#early.keys()) if (rev <= this.rev) this.#early.delete(rev);
    for (let next = this.#early.get(this.rev + 1); next; next = this.#early.get(this.rev + 1)) {
      this.#early.delete(next.rev);
      this.#apply(next);
      this.rev = next.rev;
    }
  }

  #apply({ rev, message, member, room }: RoomChange): void {
    if (message) {
      this.#put(message);
      this.#effects.onMessage(message);
    }
    if (member) this.#effects.onMember(member);
    if (room) this.#effects.onRoom(room, rev);
  }

  #put(message: Message): void {
    const { messages } = this;
    const last = messages.at(-1);
    if (!last || message.seq > last.seq) {
      this.messages = [...messages, message];
      return;
    }
    const place = messages.findIndex((held) => held.seq >= message.seq);
    const held = messages[place];
    if (held?.seq === message.seq) {
      if (message.rev > held.rev) this.messages = messages.with(place, message);
    } else if (place > 0) this.messages = messages.toSpliced(place, 0, message);
    else this.#outside.set(message.seq, message);
  }
}

function changeOf(push: RoomPush): RoomChange {
  return {
    rev: push.rev,
    ...("message" in push ? { message: push.message } : {}),
    ...("member" in push ? { member: push.member } : {}),
    ...("room" in push ? { room: push.room } : {}),
  };
}
