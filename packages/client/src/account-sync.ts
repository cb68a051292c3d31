import { type Clock, type SyncHeld, type SyncPart, type SyncPartName, syncPartsOf } from "@maru/protocol";
import { MaruClientError } from "./client-error.ts";
import type { Connection } from "./connection/connection.ts";

/** Pause before what a new connection has to ask is asked again, in ms. */
const againMs = 1_000;

/** One feature's part of the account's own state, as this client holds it. */
export type SyncedPart<N extends SyncPartName> = {
  /** Returns what is held, as the question goes out. */
  ask?(): readonly SyncHeld[];
  /** Watches again, as the question goes out, what is to be watched before the answer comes. */
  watch?(): Promise<void>;
  /** Takes what changed, or all of it afresh. Resolves when the part is live again; pushes go on meanwhile. */
  take(part: SyncPart<N>): void | Promise<void>;
  /** Called when it could not be asked. */
  fail?(): void;
};

/** The account's place in its own log; given back at the next sync. */
type AccountPosition = { readonly epoch: string; readonly rev: number };

/**
 * Brings the account's own state up to date with each new connection, by one question for all parts. What the parts are it
 * does not know: each feature registers its own.
 */
export class AccountSync {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #parts = new Map<SyncPartName, SyncedPart<SyncPartName>>();
  /** Parts that are known up to the position, or since; the others are asked for afresh. */
  readonly #synced = new Set<SyncPartName>();
  #position: AccountPosition | null = null;
  /** Counts connections, so that what one of them could not finish is not taken up on the next, which begins anew. */
  #connectionCount = 0;
  /** Counts accounts, so that no answer about one is taken for another. */
  #accountCount = 0;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    connection.onOnline(() => void this.#resume(++this.#connectionCount, [...this.#parts.keys()]));
  }

  /** Takes in a part of the account's state; one that is registered while the connection stands is asked for at once. */
  registerSync<N extends SyncPartName>(name: N, part: SyncedPart<N>): void {
    this.#parts.set(name, part as SyncedPart<SyncPartName>);
    if (this.#connection.isOnline) void this.#resume(this.#connectionCount, [name]);
  }

  /** Forgets the place in the log of the account that was signed in. */
  clear(): void {
    this.#accountCount++;
    this.#position = null;
    this.#synced.clear();
  }

  async #resume(connectionCount: number, names: readonly SyncPartName[]): Promise<void> {
    const accountCount = this.#accountCount;
    const parts = names.map((name) => [name, this.#parts.get(name)] as const);
    // One that comes while the answer is on its way is asked for by itself, and takes nothing from it.
    const isWhole = names.length === this.#parts.size;
    try {
      const account = this.#position;
      const asked = Object.fromEntries(
        parts.map(([name, part]) => {
          const held = part?.ask?.() ?? [];
          return [name, account && this.#synced.has(name) ? [...held] : null];
        }),
      );
      const [answer] = await Promise.all([
        this.#connection.command("account.sync", { ...(account && { account }), parts: asked }),
        ...parts.map(([, part]) => part?.watch?.()),
      ]);
      if (this.#accountCount !== accountCount) return;
      const synced = syncPartsOf(answer);
      // Parts that were not asked for have their changes by pushes, and are sent again from the place that they know.
      if (isWhole) this.#position = { epoch: answer.epoch, rev: answer.toRev };
      for (const name of names) {
        if (synced[name] === undefined) this.#synced.delete(name);
        else this.#synced.add(name);
      }
      await Promise.all(parts.map(([name, part]) => synced[name] && part?.take(synced[name])));
    } catch (error) {
      if (!(error instanceof MaruClientError)) throw error;
      for (const [, part] of parts) part?.fail?.();
      // The server may be there and its database away. Nothing is sent or brought up to date until this has worked.
      if (error.temporary) this.#resumeLater(connectionCount, names, error.retryAfterMs ?? againMs);
    }
  }

  #resumeLater(connectionCount: number, names: readonly SyncPartName[], afterMs: number): void {
    this.#clock.setTimeout(() => {
      const isSame = connectionCount === this.#connectionCount && this.#connection.isOnline;
      if (isSame) void this.#resume(connectionCount, names);
    }, afterMs);
  }
}
