import {
  type AccountLimits,
  type Clock,
  countExtraBytes,
  dropUnstorable,
  findMessageTextFault,
  isBlankText,
  limits,
  type Message,
  type MessageExtra,
  type RoomId,
} from "@maru/protocol";
import { MaruClientError, unreachable } from "../client-error.ts";
import type { Observable } from "../observable.ts";
import type { ClientPorts, OutboxEntry } from "../ports.ts";
import { newRandomKey } from "../random-key.ts";
import type { CarefulOutboxStorage } from "./careful-outbox-storage.ts";

/** A message of one's own that is not in the room yet. */
export type UnsentMessage = Pick<OutboxEntry, "clientMessageId" | "text" | "extra" | "state" | "createdAt" | "error">;

export type OutboxDeps = {
  readonly ports: ClientPorts;
  /** Stands before the storage of the ports. */
  readonly storage: CarefulOutboxStorage;
  readonly limits: Observable<AccountLimits>;
  readonly send: (roomId: RoomId, clientMessageId: string, text: string, extra?: MessageExtra) => Promise<Message>;
  /** Notifies that a message is in the room; called before its entry goes. */
  readonly onSent: (roomId: string, message: Message) => void;
  readonly onChanged: (roomId: string) => void;
  readonly isOnline: () => boolean;
};

/** How long another tab has to say that it lives before its entries are taken over, in ms. */
const deadAfterMs = 1_000;
const firstRetryMs = 1_000;
const longestRetryMs = 30_000;

type TabWord =
  | { readonly type: "outbox.who"; readonly tab: string }
  | { readonly type: "outbox.here"; readonly tab: string };

/**
 * Keeps what was said until the server has it: in order within each room, over reloads, each entry sent by one tab. A
 * fault that passes stops the room until it has passed; one that does not, marks the message for the person to decide.
 */
export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #clock: Clock;
  readonly #tab: string;
  readonly #entries = new Map<string, OutboxEntry>();
  readonly #sendingRooms = new Set<string>();
  readonly #retryMs = new Map<string, number>();
  readonly #living = new Set<string>();
  #accountId: string | null = null;
  #lastCreatedAt = 0;

  constructor(deps: OutboxDeps) {
    this.#deps = deps;
    this.#clock = deps.ports.clock;
    this.#tab = newRandomKey(deps.ports.random);
    deps.ports.tabs.listen((word) => this.#handle(word));
    deps.storage.state.subscribe(() => {
      // What lay there while the browser refused it can be brought back now.
      if (deps.storage.state.getSnapshot() === "kept" && this.#accountId !== null) void this.open(this.#accountId);
    });
  }

  /** Brings back what this account had not sent, from this tab and from tabs that are gone. */
  async open(accountId: string): Promise<void> {
    this.#accountId = accountId;
    const { ports, storage } = this.#deps;
    const stored = await storage.list(accountId);
    this.#bringBack(stored.filter((entry) => entry.owner === this.#tab));
    const owners = new Set(stored.map((entry) => entry.owner));
    owners.delete(this.#tab);
    this.#living.clear();
    for (const owner of owners) ports.tabs.post({ type: "outbox.who", tab: owner } satisfies TabWord);
    if (owners.size > 0) await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, deadAfterMs));
    for (const owner of owners) {
      if (this.#living.has(owner) || this.#accountId !== accountId) continue;
      this.#bringBack(await storage.adopt(accountId, owner, this.#tab));
    }
    this.flush();
  }

  /** Forgets what is held here. What is stored stays for the account's return, unless it signed out itself. */
  async close(erases: boolean): Promise<void> {
    const accountId = this.#accountId;
    this.#accountId = null;
    const rooms = new Set([...this.#entries.values()].map((entry) => entry.roomId));
    this.#entries.clear();
    this.#sendingRooms.clear();
    this.#retryMs.clear();
    for (const roomId of rooms) this.#deps.onChanged(roomId);
    // Whose sign-in was ended while no page was open is not known any more.
    if (erases) await this.#deps.storage.clear(accountId);
  }

  /** What waits in a room, oldest first. */
  list(roomId: string): UnsentMessage[] {
    return [...this.#entries.values()].filter((entry) => entry.roomId === roomId).sort(byAge);
  }

  /**
   * Takes a message; shown at once, stored, and sent as soon as it is its turn. Throws what the server would answer to a
   * text that can never be sent, or to too much beside it: it would wait here for ever.
   */
  add(roomId: RoomId, typed: string, extra?: MessageExtra): string {
    if (!this.#accountId) throw new MaruClientError({ code: "auth.required" });
    const text = dropUnstorable(typed);
    const max = this.#deps.limits.getSnapshot().messageCharacters;
    const fault = findMessageTextFault(text, max);
    if (fault) throw new MaruClientError({ code: fault, params: fault === "message.too_long" ? { max } : {} });
    checkExtraSize(extra);
    // Two presses within one millisecond keep their order.
    this.#lastCreatedAt = Math.max(this.#clock.now(), this.#lastCreatedAt + 1);
    const entry: OutboxEntry = {
      clientMessageId: newRandomKey(this.#deps.ports.random),
      accountId: this.#accountId,
      roomId,
      text,
      ...(extra === undefined ? {} : { extra }),
      createdAt: this.#lastCreatedAt,
      state: "waiting",
      owner: this.#tab,
    };
    this.#keep(entry);
    void this.#pump(roomId);
    return entry.clientMessageId;
  }

  retry(clientMessageId: string): void {
    const entry = this.#entries.get(clientMessageId);
    if (entry?.state !== "failed") return;
    this.#keep({ ...entry, state: "waiting", error: undefined });
    void this.#pump(entry.roomId);
  }

  discard(clientMessageId: string): void {
    const entry = this.#entries.get(clientMessageId);
    if (entry && entry.state !== "sending") this.#drop(entry);
  }

  /** Notes that a message is in the room; its entry has done its work. */
  confirm(clientMessageId: string): void {
    const entry = this.#entries.get(clientMessageId);
    if (entry) this.#drop(entry);
  }

  /** Sends what waits, now that there is a connection. */
  flush(): void {
    this.#retryMs.clear();
    for (const roomId of new Set([...this.#entries.values()].map((entry) => entry.roomId))) void this.#pump(roomId);
  }

  /** Takes stored messages; whether those on their way arrived is not known, so they go again under their keys. */
  #bringBack(entries: readonly OutboxEntry[]): void {
    for (const entry of entries) {
      if (entry.accountId !== this.#accountId || this.#entries.has(entry.clientMessageId)) continue;
      const text = dropUnstorable(entry.text);
      if (isBlankText(text)) {
        this.#drop(entry);
        continue;
      }
      // What failed for characters that are left out now is as good as new.
      const isFailed = entry.state === "failed" && text === entry.text;
      this.#keep({ ...entry, text, state: isFailed ? "failed" : "waiting", error: isFailed ? entry.error : undefined });
    }
  }

  /** Sends the messages of a room one after the other. */
  async #pump(roomId: string): Promise<void> {
    if (this.#sendingRooms.has(roomId)) return;
    this.#sendingRooms.add(roomId);
    const accountId = this.#accountId;
    try {
      for (let entry = this.#next(roomId); entry && this.#deps.isOnline(); entry = this.#next(roomId)) {
        if (!(await this.#sendOne(entry)) || this.#accountId !== accountId) return;
      }
    } finally {
      if (this.#accountId === accountId) this.#sendingRooms.delete(roomId);
    }
  }

  #next(roomId: string): OutboxEntry | undefined {
    return [...this.#entries.values()].filter((e) => e.roomId === roomId && e.state === "waiting").sort(byAge)[0];
  }

  /** False when the room has to wait. */
  async #sendOne(entry: OutboxEntry): Promise<boolean> {
    this.#keep({ ...entry, state: "sending" });
    try {
      const { roomId, clientMessageId, text, extra } = entry;
      const message = await this.#deps.send(roomId as RoomId, clientMessageId, text, extra);
      this.#retryMs.delete(entry.roomId);
      if (this.#accountId !== entry.accountId) return false;
      this.#deps.onSent(entry.roomId, message);
      this.#drop(entry);
      return true;
    } catch (thrown) {
      const error = thrown instanceof MaruClientError ? thrown : unreachable();
      // The push may have come although the reply did not.
      if (!this.#entries.has(entry.clientMessageId)) return true;
      const passes = error.temporary || error.code === "auth.expired" || error.code === "auth.required";
      this.#keep({ ...entry, state: passes ? "waiting" : "failed", error: passes ? undefined : error.toBody() });
      if (passes) this.#pumpLater(entry.roomId, error.retryAfterMs);
      return !passes;
    }
  }

  #pumpLater(roomId: string, afterMs: number | undefined): void {
    const usual = this.#retryMs.get(roomId) ?? firstRetryMs;
    this.#retryMs.set(roomId, Math.min(longestRetryMs, usual * 2));
    this.#clock.setTimeout(() => void this.#pump(roomId), afterMs ?? usual);
  }

  #keep(entry: OutboxEntry): void {
    this.#entries.set(entry.clientMessageId, entry);
    void this.#deps.storage.put(entry);
    this.#deps.onChanged(entry.roomId);
  }

  #drop(entry: OutboxEntry): void {
    this.#entries.delete(entry.clientMessageId);
    void this.#deps.storage.remove(entry.clientMessageId);
    this.#deps.onChanged(entry.roomId);
  }

  #handle(word: unknown): void {
    const { type, tab } = (typeof word === "object" && word !== null ? word : {}) as Partial<TabWord>;
    if (type === "outbox.who" && tab === this.#tab) {
      this.#deps.ports.tabs.post({ type: "outbox.here", tab: this.#tab } satisfies TabWord);
    }
    if (type === "outbox.here" && tab) this.#living.add(tab);
  }
}

function checkExtraSize(extra: MessageExtra | undefined): void {
  const max = limits.messageExtraBytes;
  if (extra === undefined || countExtraBytes(extra) <= max) return;
  throw new MaruClientError({ code: "message.extra_too_large", params: { max } });
}

function byAge(a: OutboxEntry, b: OutboxEntry): number {
  return a.createdAt - b.createdAt || (a.clientMessageId < b.clientMessageId ? -1 : 1);
}
