import type { AccountSelf, Member, MembershipId, Message, RoomChange, RoomId, RoomSummary } from "@maru/protocol";

/** What tests of the client talk about, each made whole from what a test cares for. */
export const roomId = `room_${"0".repeat(31)}1` as RoomId;
export const selfId = `mem_${"0".repeat(31)}a` as MembershipId;
export const otherId = `mem_${"0".repeat(31)}b` as MembershipId;
const startAt = Date.UTC(2026, 0, 1);

export const account: AccountSelf = {
  id: `acc_${"0".repeat(32)}` as AccountSelf["id"],
  email: "floor@maru.example",
  emailVerified: true,
  nickname: "마루",
  intro: "",
  locale: "ko",
  avatarSeed: "seed",
  createdAt: new Date(startAt).toISOString(),
};

export function aMessage(given: Partial<Message> & Pick<Message, "seq">): Message {
  const { seq } = given;
  return {
    ord: seq,
    rev: seq,
    kind: "text",
    authorId: otherId,
    text: `text ${seq}`,
    sentAt: new Date(startAt + seq).toISOString(),
    ...given,
  };
}

export function aMember(given: Partial<Member> = {}): Member {
  return { id: otherId, state: "active", name: "툇마루", avatarSeed: "other", rev: 0, ...given };
}

export function aRoom(given: Partial<RoomSummary> = {}): RoomSummary {
  return {
    id: roomId,
    kind: "direct",
    state: "open",
    epoch: "one",
    rev: 0,
    lastSeq: 0,
    lastOrd: 0,
    selfId,
    membership: "active",
    canPost: true,
    members: [aMember({ id: selfId, name: "마루" }), aMember()],
    readSeq: 0,
    readOrd: 0,
    pinned: false,
    muted: false,
    archived: false,
    markedUnread: false,
    hidden: false,
    activeAt: new Date(startAt).toISOString(),
    accountRev: 0,
    ...given,
  };
}

/** A room as the database has it: every change numbered, every message in its latest form. */
export class RoomLog {
  readonly changes: RoomChange[] = [];
  readonly #messages: Message[] = [];

  get rev(): number {
    return this.changes.length;
  }

  get messages(): readonly Message[] {
    return this.#messages;
  }

  say(given: Partial<Message> = {}): Message {
    const seq = this.#messages.length + 1;
    return this.#change(aMessage({ ...given, seq, rev: this.rev + 1 }));
  }

  edit(seq: number): Message {
    const held = this.#messages[seq - 1] as Message;
    const rev = this.rev + 1;
    return this.#change({ ...held, rev, text: `${held.text} edited ${rev}`, editedAt: held.sentAt });
  }

  changeMember(): void {
    const rev = this.rev + 1;
    this.changes.push({ rev, member: aMember({ rev }) });
  }

  /** A page as the server tells it now. */
  page({ before = Number.POSITIVE_INFINITY, after, limit = 50 }: { before?: number; after?: number; limit?: number }) {
    const within = this.#messages.filter(({ seq }) => seq < before && seq > (after ?? 0));
    const messages = after !== undefined ? within.slice(0, limit) : within.slice(-limit);
    const hasOlder = (messages[0]?.seq ?? 1) > 1;
    const hasNewer = (messages.at(-1)?.seq ?? after ?? 0) < this.#messages.length;
    return { messages, hasOlder, hasNewer, rev: this.rev };
  }

  /** What changed since: each thing once, in its latest form, by its latest change; as the database stores it. */
  since(fromRev: number) {
    const latest = new Map<string, RoomChange>();
    for (const change of this.changes) latest.set(change.message ? `message ${change.message.seq}` : "member", change);
    const changes = [...latest.values()].filter(({ rev }) => rev > fromRev).sort((a, b) => a.rev - b.rev);
    return { roomId, reset: false as const, epoch: "one", fromRev, toRev: this.rev, changes };
  }

  #change(message: Message): Message {
    this.#messages[message.seq - 1] = message;
    this.changes.push({ rev: message.rev, message });
    return message;
  }
}
