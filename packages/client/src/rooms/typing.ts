import { type Clock, limits, type MembershipId, type RoomId, type Timer } from "@maru/protocol";
import type { Connection } from "../connection/connection.ts";
import { type Observable, Subject } from "../observable.ts";

const nobody: readonly MembershipId[] = [];

type Writers = { readonly subject: Subject<readonly MembershipId[]>; readonly timers: Map<MembershipId, Timer> };

export type TypingDeps = {
  readonly connection: Connection;
  readonly clock: Clock;
  /** One's own member of a room, who is not shown to oneself. */
  readonly findSelf: (roomId: string) => MembershipId | undefined;
};

/** Who is writing just now in the rooms that are open. Nothing here is worth keeping: it ends by itself. */
export class Typing {
  readonly #deps: TypingDeps;
  readonly #rooms = new Map<string, Writers>();
  readonly #sentAt = new Map<string, number>();

  constructor(deps: TypingDeps) {
    this.#deps = deps;
    const { connection } = deps;
    connection.onPush("typing.changed", ({ roomId, memberId, typing }) => this.#note(roomId, memberId, typing));
    connection.onPush("message.sent", ({ roomId, message }) => {
      if (message.authorId) this.#note(roomId, message.authorId, false);
    });
  }

  /** The members who are writing in a room, oneself left out. */
  in(roomId: string): Observable<readonly MembershipId[]> {
    return this.#writersOf(roomId).subject;
  }

  /** Sends that one writes, as often as one likes, or has stopped; only what others need is sent. */
  set(roomId: string, isTyping: boolean): void {
    const { connection, clock } = this.#deps;
    const sentAt = this.#sentAt.get(roomId);
    if (isTyping ? sentAt !== undefined && clock.monotonic() - sentAt < limits.typingEveryMs : sentAt === undefined) {
      return;
    }
    if (isTyping) this.#sentAt.set(roomId, clock.monotonic());
    else this.#sentAt.delete(roomId);
    if (!connection.isOnline) return;
    // Whether it arrives does not matter.
    connection.command("typing.set", { roomId: roomId as RoomId, typing: isTyping }).catch(() => {});
  }

  #note(roomId: string, memberId: MembershipId, isTyping: boolean): void {
    if (!isTyping && !this.#rooms.has(roomId)) return;
    if (memberId === this.#deps.findSelf(roomId)) return;
    const { clock } = this.#deps;
    const { timers } = this.#writersOf(roomId);
    const before = timers.get(memberId);
    if (before) clock.clearTimeout(before);
    if (isTyping)
      timers.set(
        memberId,
        clock.setTimeout(() => this.#note(roomId, memberId, false), limits.typingMs),
      );
    else if (!timers.delete(memberId)) return;
    if (!isTyping || !before) this.#publish(roomId);
  }

  #publish(roomId: string): void {
    const { subject, timers } = this.#writersOf(roomId);
    subject.set(timers.size === 0 ? nobody : [...timers.keys()]);
  }

  #writersOf(roomId: string): Writers {
    const found = this.#rooms.get(roomId);
    if (found) return found;
    const writers: Writers = { subject: new Subject<readonly MembershipId[]>(nobody), timers: new Map() };
    this.#rooms.set(roomId, writers);
    return writers;
  }
}
