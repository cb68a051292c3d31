import type { Limits, Message } from "@maru/protocol";
import { fail } from "../../platform/errors.ts";
import type { RateLimiter } from "../../platform/rate-limiter.ts";
import type { TakeShared } from "../../platform/shared-limits.ts";
import type { Append } from "./append.ts";
import type { RoomChanges } from "./changes.ts";
import { isRaceLost } from "./db-errors.ts";
import type { Epochs } from "./epochs.ts";
import { failRefused } from "./errors.ts";
import { checkMessageText } from "./message-text.ts";
import type { Policies } from "./policy.ts";
import type { RoomsDatabase } from "./ports.ts";
import { presentMessage } from "./present.ts";
import type { Send } from "./store-append.ts";
import { amendMessage, findPage, findSent, type PagePlace } from "./store-messages.ts";
import { writeMessage } from "./written-changes.ts";

export type MessagesDeps = {
  readonly db: RoomsDatabase;
  readonly append: Append;
  readonly rates: RateLimiter;
  readonly policies: Policies;
  readonly epochs: Epochs;
  readonly limits: Limits;
  readonly takeShared?: TakeShared;
  announce(list: readonly RoomChanges[]): void;
};

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
  send(send: Send): Promise<Message> {
    const { sendsPerSecond: perSecond, sendsBurst: burst } = this.#deps.limits;
    const retryAfterMs = this.#deps.rates.take(send.accountId, { perSecond, burst });
    if (retryAfterMs > 0) return this.#answerLimited(send, retryAfterMs);
    const text = checkMessageText(send.text, this.#deps.limits.messageCharacters);
    return this.#deps.append.send(text === send.text ? send : { ...send, text });
  }

  /** Replaces the text of one's own message. */
  async edit(input: { accountId: string; roomId: string; seq: number; text: string }): Promise<Message> {
    const text = checkMessageText(input.text, this.#deps.limits.messageCharacters);
    return this.#amend({ ...input, text });
  }

  /** Deletes one's own message; a tombstone stays. */
  delete(input: { accountId: string; roomId: string; seq: number }): Promise<Message> {
    return this.#amend({ ...input, text: null });
  }

  /** Reads a page of history. */
  async list(input: { accountId: string; roomId: string; place: PagePlace; limit: number }): Promise<HistoryPage> {
    const page = await findPage(this.#deps.db.sql, input);
    if (page === null || !this.#deps.policies.canRead(page)) throw fail("room.not_found");
    const first = page.messages[0]?.seq ?? (input.place.from === "before" ? 1 : page.lastSeq + 1);
    const last = page.messages[page.messages.length - 1]?.seq ?? first - 1;
    return {
      messages: page.messages.map(presentMessage),
      hasOlder: first > 1,
      hasNewer: last < page.lastSeq,
      rev: page.rev,
    };
  }

  async #answerLimited(send: Send, retryAfterMs: number): Promise<Message> {
    const earlier = await findSent(this.#deps.db.sql, send);
    if (earlier === null) throw fail("rate.limited", undefined, { retryAfterMs });
    return presentMessage(earlier);
  }

  async #amend(input: { accountId: string; roomId: string; seq: number; text: string | null }): Promise<Message> {
    await this.#deps.takeShared?.("edit", input.accountId);
    const { outcome, roomEpoch, message } = await this.#amendOnce(input).catch((error: unknown) => {
      // Again is the same change: whatever became of the first try, one more tells.
      if (isRaceLost(error)) return this.#amendOnce(input);
      throw error;
    });
    if (message === null) throw failRefused(outcome);
    const epoch = this.#deps.epochs.ofRoom(roomEpoch);
    // Also told when nothing changed: whoever changed it first may have died before telling.
    this.#deps.announce([{ roomId: input.roomId, epoch, changes: [writeMessage(message)] }]);
    return presentMessage(message);
  }

  #amendOnce(input: { accountId: string; roomId: string; seq: number; text: string | null }) {
    return amendMessage(this.#deps.db.sql, input);
  }
}
