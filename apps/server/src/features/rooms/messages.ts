import { type AccountLimits, isBlankText, type Limits, type Locale, type Message } from "@maru/protocol";
import type { LimitsOf } from "../../platform/account-limits/limits-source.ts";
import { fail } from "../../platform/errors.ts";
import type { RateLimiter } from "../../platform/rate-limiter.ts";
import type { TakeShared } from "../../platform/shared-limits.ts";
import { failRefused } from "./errors.ts";
import type { AccountChangePublisher } from "./log/account-change-publisher.ts";
import type { Append } from "./log/append.ts";
import type { RoomChanges } from "./log/changes.ts";
import { isRaceLost } from "./log/db-errors.ts";
import type { Epochs } from "./log/epochs.ts";
import { runWrite } from "./log/retry.ts";
import type { Send } from "./log/store-append.ts";
import { writeMessage } from "./log/written-changes.ts";
import { lockNotYetReaders } from "./members/store-members.ts";
import { checkMessageExtra, type GivenExtra, type MessageExtraKinds, writeFallback } from "./message-extra.ts";
import { checkMessageText } from "./message-text.ts";
import type { Policies } from "./policy.ts";
import type { RoomsDatabase } from "./ports.ts";
import { presentMessage } from "./present.ts";
import { type Amended, amendMessage, findPage, findSent, type PagePlace } from "./store-messages.ts";
import { lockRooms } from "./store-rooms.ts";

/** Members of larger rooms learn with the room, not in their own logs, that one unread message less is there. */
const promptMembers = 100;

export type MessagesDeps = {
  readonly db: RoomsDatabase;
  readonly accountChanges: AccountChangePublisher;
  readonly append: Append;
  readonly rates: RateLimiter;
  readonly policies: Policies;
  readonly epochs: Epochs;
  readonly limits: Limits;
  readonly limitsOf: LimitsOf;
  readonly extraKinds: MessageExtraKinds;
  readonly takeShared?: TakeShared;
  announce(list: readonly RoomChanges[]): void;
};

/** What is to be said; the text may be left empty where what goes with it says in which words it is told without it. */
export type GivenMessage = Omit<Send, "extra"> & { readonly extra?: GivenExtra | undefined; readonly locale?: Locale };

export type HistoryPage = { messages: Message[]; hasOlder: boolean; hasNewer: boolean; rev: number };

/** What people say in rooms: sending, changing, taking back, reading. */
export class Messages {
  readonly #deps: MessagesDeps;

  constructor(deps: MessagesDeps) {
    this.#deps = deps;
  }

  /**
   * Sends a message; resolves once it is committed. Enqueues before it returns, so the caller's order is the room's.
   * A key sent before gets the first answer, also beyond the rate.
   */
  send(given: GivenMessage): Promise<Message> {
    const limits = this.#deps.limitsOf(given.accountId);
    // Whoever is connected is known; of others the sends wait for the one answer, and go on in their order.
    return limits instanceof Promise ? limits.then((known) => this.#send(given, known)) : this.#send(given, limits);
  }

  #send(given: GivenMessage, limits: AccountLimits): Promise<Message> {
    const { sendsPerSecond: perSecond, sendsBurst: burst } = limits;
    const retryAfterMs = this.#deps.rates.take(given.accountId, { perSecond, burst });
    if (retryAfterMs > 0) return this.#answerLimited(given, retryAfterMs);
    return this.#deps.append.send(this.#check(given, limits));
  }

  #check({ extra: givenExtra, locale = "ko", ...given }: GivenMessage, limits: AccountLimits): Send {
    const { extraKinds, limits: fixed } = this.#deps;
    const extra = givenExtra === undefined ? null : checkMessageExtra(givenExtra, extraKinds, fixed);
    const said = extra !== null && isBlankText(given.text) ? writeFallback(extra, extraKinds, locale) : given.text;
    return { ...given, extra, text: checkMessageText(said, limits.messageCharacters) };
  }

  /** Replaces the text of one's own message. */
  async edit(input: { accountId: string; roomId: string; seq: number; text: string }): Promise<Message> {
    const { messageCharacters } = await this.#deps.limitsOf(input.accountId);
    const text = checkMessageText(input.text, messageCharacters);
    return this.#amend({ ...input, text });
  }

  /** Deletes one's own message; a tombstone stays. */
  delete(input: { accountId: string; roomId: string; seq: number }): Promise<Message> {
    return this.#amend({ ...input, text: null });
  }

  /** Reads a page of history. */
  async list(input: { accountId: string; roomId: string; place: PagePlace; limit: number }): Promise<HistoryPage> {
    const page = await findPage(this.#deps.db.sql, { ...input, readable: this.#deps.policies.readable });
    if (page === null) throw fail("room.not_found");
    const { hasOlder, hasNewer, rev } = page;
    return { messages: page.messages.map(presentMessage), hasOlder, hasNewer, rev };
  }

  async #answerLimited(send: Omit<Send, "extra">, retryAfterMs: number): Promise<Message> {
    const earlier = await findSent(this.#deps.db.sql, send);
    if (earlier === null) throw fail("rate.limited", undefined, { retryAfterMs });
    return presentMessage(earlier);
  }

  async #amend(input: { accountId: string; roomId: string; seq: number; text: string | null }): Promise<Message> {
    await this.#deps.takeShared?.("edit", input.accountId);
    const once = () => (input.text === null ? this.#deleteOnce(input) : this.#amendOnce(input));
    const { outcome, roomEpoch, message, pausedId } = await once().catch((error: unknown) => {
      // Again is the same change: whatever became of the first try, one more tells.
      if (isRaceLost(error)) return once();
      throw error;
    });
    if (message === null) throw failRefused(outcome);
    const epoch = this.#deps.epochs.ofRoom(roomEpoch);
    // Also told when nothing changed: whoever changed it first may have died before telling.
    this.#deps.announce([{ roomId: input.roomId, epoch, changes: [writeMessage(message, pausedId)] }]);
    return presentMessage(message);
  }

  /**
   * Deletes, and numbers it in the logs of those who had not read it: their badges lose one, on all their devices. In large
   * rooms they learn it with the room.
   */
  async #deleteOnce(input: { accountId: string; roomId: string; seq: number }): Promise<Amended> {
    const { db, accountChanges } = this.#deps;
    const { amended, stamps } = await runWrite(() =>
      db.transaction(async (tx) => {
        await lockRooms(tx, [input.roomId]);
        const readers = await lockNotYetReaders(tx, input.roomId, input.seq, promptMembers);
        const done = await amendMessage(tx, { ...input, text: null });
        return { amended: done, stamps: await accountChanges.stamp(tx, done.outcome === "done" ? readers : []) };
      }),
    );
    void accountChanges.announce(stamps);
    return amended;
  }

  #amendOnce(input: { accountId: string; roomId: string; seq: number; text: string | null }) {
    return amendMessage(this.#deps.db.sql, input);
  }
}
