import type { Clock, Timer } from "@maru/protocol";
import { Backoff } from "../connection/backoff.ts";
import type { StorageState } from "../connection/browser.ts";
import { Subject } from "../observable.ts";
import type { OutboxEntry, OutboxStorage } from "../ports.ts";

/** How long a storage may take before it counts as refusing, in ms: some browsers never answer. */
const answerMs = 5_000;

/** What is to be stored under a key, or null: nothing any more. */
type Wish = OutboxEntry | null;

/**
 * Stands before a storage that may refuse: holds what was refused, tries again, and says so meanwhile. Rejects never. The
 * last wish for each key counts, in whatever order they are fulfilled.
 */
export class CarefulOutboxStorage implements OutboxStorage {
  /** Whether what is held here outlives the page. */
  readonly state = new Subject<StorageState>("kept");
  readonly #storage: OutboxStorage;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #wishes = new Map<string, Wish>();
  /** Accounts whose messages have to go; null: those of all. */
  readonly #cleared = new Set<string | null>();
  #writing: Promise<void> | null = null;
  #timer: Timer | null = null;

  constructor(storage: OutboxStorage, clock: Clock, random: () => number) {
    this.#storage = storage;
    this.#clock = clock;
    this.#backoff = new Backoff(random);
  }

  async list(accountId: string): Promise<OutboxEntry[]> {
    const stored = await this.#ask((storage) => storage.list(accountId));
    const others = (stored?.answer ?? []).filter((entry) => isEntry(entry) && !this.#wishes.has(entry.clientMessageId));
    return [...(this.#cleared.has(accountId) || this.#cleared.has(null) ? [] : others), ...this.#held(accountId)];
  }

  put(entry: OutboxEntry): Promise<void> {
    return this.#wish(entry.clientMessageId, entry);
  }

  remove(clientMessageId: string): Promise<void> {
    return this.#wish(clientMessageId, null);
  }

  async adopt(accountId: string, from: string, to: string): Promise<OutboxEntry[]> {
    const adopted = await this.#ask((storage) => storage.adopt(accountId, from, to));
    return (adopted?.answer ?? []).filter(isEntry);
  }

  /** Clears what an account left, or all accounts. */
  clear(accountId: string | null): Promise<void> {
    for (const { clientMessageId } of this.#held(accountId)) this.#wishes.delete(clientMessageId);
    this.#cleared.add(accountId);
    return this.#write();
  }

  #held(accountId: string | null): OutboxEntry[] {
    const held = [...this.#wishes.values()].filter((wish) => wish !== null);
    return held.filter((wish) => accountId === null || wish.accountId === accountId);
  }

  #wish(key: string, wish: Wish): Promise<void> {
    this.#wishes.set(key, wish);
    return this.#write();
  }

  /** Fulfils what is wished, one after the other; what comes meanwhile too. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#hasWishes) {
      const [accountId] = this.#cleared;
      const [key, wish] = this.#wishes.entries().next().value ?? [""];
      const done = await this.#ask(async (storage) => {
        if (accountId === null) return storage.clearAll?.();
        if (accountId !== undefined) return storage.clear(accountId);
        return wish ? storage.put(wish) : storage.remove(key);
      });
      if (!done) return;
      if (accountId !== undefined) this.#cleared.delete(accountId);
      else if (this.#wishes.get(key) === wish) this.#wishes.delete(key);
    }
    this.state.set("kept");
  }

  get #hasWishes(): boolean {
    return this.#wishes.size > 0 || this.#cleared.size > 0;
  }

  /** What the storage says, within a time; null where it refuses, which is tried again later. */
  async #ask<T>(act: (storage: OutboxStorage) => Promise<T>): Promise<{ readonly answer: T } | null> {
    let timer: Timer | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = this.#clock.setTimeout(() => reject(new Error("The storage does not answer.")), answerMs);
    });
    try {
      const answer = await Promise.race([act(this.#storage), late]);
      this.#backoff.reset();
      return { answer };
    } catch {
      this.state.set("refused");
      this.#tryLater();
      return null;
    } finally {
      if (timer) this.#clock.clearTimeout(timer);
    }
  }

  #tryLater(): void {
    this.#timer ??= this.#clock.setTimeout(async () => {
      this.#timer = null;
      // With nothing to write it is asked for something all the same, to know whether it is there again.
      if (this.#hasWishes || (await this.#ask((storage) => storage.list("")))) await this.#write();
    }, this.#backoff.nextMs());
  }
}

/** What was stored by another version, or by somebody's hand, is left alone. */
function isEntry(value: unknown): value is OutboxEntry {
  const entry = value as Partial<Record<keyof OutboxEntry, unknown>> | null;
  const texts = [entry?.clientMessageId, entry?.accountId, entry?.roomId, entry?.text, entry?.owner];
  return texts.every((text) => typeof text === "string") && typeof entry?.createdAt === "number";
}
