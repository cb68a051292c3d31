import type { Member, Message, RoomCatchUp, RoomChange, RoomPush, RoomState } from "@maru/protocol";

/** A message of a kind that this client does not know: it is not shown, and keeps its place. */
export type UnknownMessage = Pick<Message, "seq" | "ord" | "rev" | "sentAt"> & { readonly kind: "unknown" };
/** A line of a room, as it is held. */
export type Line = Message | UnknownMessage;

export function isKnown(line: Line): line is Message {
  return line.kind !== "unknown";
}

/** What a page of history brings; without `hasNewer` it ends with the newest message. */
export type HistoryPage = {
  readonly messages: readonly Line[];
  readonly hasOlder: boolean;
  readonly hasNewer?: boolean;
  readonly rev: number;
};

/** Names the asking for a page: one that was overtaken by another asking, or by another history, is dropped. */
export type PageTurn = { readonly turn: number };

/** A change of the room; one of a kind that this client does not know is but its place in the order. */
export type TimelinePush = RoomPush | { readonly epoch: string; readonly rev: number };

/** What applying a change means for the rest of what is known of the room. */
export type TimelineEffects = {
  readonly onMember: (member: Member) => void;
  readonly onRoom: (room: RoomState, rev: number) => void;
  readonly onMessage: (message: Line) => void;
};

/** Changes kept while an earlier one is missing; beyond it the room is loaded afresh. */
const maxEarly = 1_000;

/**
 * The messages of one open room, kept true by changes in order of `rev`: one that comes early waits, one that is known is
 * ignored. Pure: asks nothing, waits for nothing; whoever owns it fills the gaps that it reports.
 */
export class Timeline {
  messages: readonly Line[] = [];
  hasOlder = false;
  /** True while older history is shown, which does not reach the newest message. */
  hasNewer = false;
  /** The change up to which everything is known; null before the first page. */
  rev: number | null = null;
  epoch: string | null = null;
  readonly #early = new Map<number, RoomChange>();
  /** The numbering of what came early. */
  #earlyEpoch: string | null = null;
  /** Where the room was said to stand. */
  #notedRev = 0;
  /** Messages changed since a page was asked for that is still on its way: it may lack them. */
  #changed: Map<number, Line> | null = null;
  readonly #effects: TimelineEffects;
  #turn = 0;

  constructor(effects: TimelineEffects) {
    this.#effects = effects;
  }

  /** True while a change is missing between what is known and what came. */
  get hasGap(): boolean {
    return this.rev !== null && (this.#early.size > 0 || this.#notedRev > this.rev);
  }

  /** True when so much came early that filling is dearer than loading. */
  get isHopeless(): boolean {
    return this.#early.size > maxEarly;
  }

  /** Puts the newest page in place of everything, then what came while it was on its way. */
  load(page: HistoryPage, epoch: string): void {
    // Pushes may have overtaken the page: what is held then is newer and whole, and going back would show it twice.
    if (this.epoch === epoch && this.rev !== null && page.rev < this.rev) return;
    this.#turn++;
    this.messages = page.messages;
    this.hasOlder = page.hasOlder;
    this.hasNewer = false;
    this.rev = page.rev;
    // What was noted of another numbering says nothing about this one.
    if (this.epoch !== null && this.epoch !== epoch) this.#notedRev = page.rev;
    if (this.#earlyEpoch !== epoch) this.#early.clear();
    this.epoch = epoch;
    this.#changed = null;
    this.#drain();
  }

  /** Returns which page to ask for to go back; null where nothing is older. */
  askOlder(): (PageTurn & { readonly before: number }) | null {
    const first = this.messages[0];
    return first && this.hasOlder ? { ...this.askElsewhere(), before: first.seq } : null;
  }

  /** Returns which page to ask for to go on; null where nothing is newer. */
  askNewer(): (PageTurn & { readonly after: number }) | null {
    const last = this.messages.at(-1);
    return last && this.hasNewer ? { ...this.askElsewhere(), after: last.seq } : null;
  }

  /** Marks that a page from anywhere is asked for. */
  askElsewhere(): PageTurn {
    this.#changed = new Map();
    return { turn: ++this.#turn };
  }

  /** Marks that no page will come. */
  giveUp({ turn }: PageTurn): void {
    if (turn === this.#turn) this.#changed = null;
  }

  /** Puts an older page in front; changes that overtook it win. */
  prepend(page: HistoryPage, { turn }: PageTurn): void {
    // Before something that was loaded since, it would stand with a hole behind it.
    if (turn !== this.#turn) return;
    this.messages = [...this.#latest(page), ...this.messages];
    this.hasOlder = page.hasOlder;
    this.#changed = null;
  }

  /** Puts a newer page behind; where it reaches the end, what was said meanwhile follows. */
  append(page: HistoryPage, { turn }: PageTurn): void {
    if (turn !== this.#turn) return;
    this.messages = [...this.messages, ...this.#latest(page)];
    this.#reach(page);
  }

  /** Shows another part of the history in place of this one. */
  show(page: HistoryPage, { turn }: PageTurn): void {
    if (turn !== this.#turn) return;
    this.messages = this.#latest(page);
    this.hasOlder = page.hasOlder;
    this.#reach(page);
  }

  /** Takes a push. False when it belongs to another numbering, and the room has to be loaded afresh. */
  push(push: TimelinePush): boolean {
    if (this.epoch === push.epoch) {
      this.#offer(changeOf(push));
      return true;
    }
    // Kept for the page of that numbering, which may have been read before it.
    if (this.#earlyEpoch !== push.epoch) this.#early.clear();
    this.#earlyEpoch = push.epoch;
    this.#early.set(push.rev, changeOf(push));
    return this.epoch === null;
  }

  /** Notes that the room stands at a change, without it. False when that is of another numbering. */
  note(epoch: string, rev: number): boolean {
    if (this.epoch !== null && epoch !== this.epoch) return false;
    this.#notedRev = Math.max(this.#notedRev, rev);
    return true;
  }

  /** The last `seq` that is reached by whoever has seen a message: what follows it and cannot be shown counts as seen. */
  reachOf(seq: number): number {
    return this.messages.reduce((reach, line) => (line.seq === reach + 1 && !isKnown(line) ? line.seq : reach), seq);
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
    if (this.rev === null || change.rev <= this.rev) return;
    if (this.#earlyEpoch !== this.epoch) this.#early.clear();
    this.#earlyEpoch = this.epoch;
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

  #put(message: Line): void {
    this.#changed?.set(message.seq, message);
    const { messages } = this;
    const [first, last] = [messages[0], messages.at(-1)];
    if (!first || !last) {
      this.messages = [message];
    } else if (message.seq > last.seq) {
      if (!this.hasNewer) this.messages = [...messages, message];
    } else if (message.seq < first.seq) {
      // A room that was empty is filled in the order of changes: the first message may come after later ones.
      if (!this.hasOlder) this.messages = [message, ...messages];
    } else {
      const place = messages.findIndex((held) => held.seq >= message.seq);
      const held = messages[place];
      if (held?.seq !== message.seq) this.messages = messages.toSpliced(place, 0, message);
      else if (message.rev > held.rev) this.messages = messages.with(place, message);
    }
  }

  /** The messages of a page, each as it is now. */
  #latest({ messages }: HistoryPage): Line[] {
    return messages.map((message) => {
      const changed = this.#changed?.get(message.seq);
      return changed && changed.rev > message.rev ? changed : message;
    });
  }

  /** Goes on behind a page that ended with the newest message of its moment. */
  #reach({ hasNewer = false }: HistoryPage): void {
    this.hasNewer = hasNewer;
    if (!hasNewer) {
      const last = this.messages.at(-1)?.seq ?? 0;
      const later = [...(this.#changed?.values() ?? [])].filter(({ seq }) => seq > last);
      this.messages = [...this.messages, ...later.sort((a, b) => a.seq - b.seq)];
    }
    this.#changed = null;
  }
}

function changeOf(push: TimelinePush): RoomChange {
  return {
    rev: push.rev,
    ...("message" in push ? { message: push.message } : {}),
    ...("member" in push ? { member: push.member } : {}),
    ...("room" in push ? { room: push.room } : {}),
  };
}
