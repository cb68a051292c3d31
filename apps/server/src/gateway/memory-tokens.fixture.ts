import type { FakeClock } from "@maru/testkit";
import { fail } from "../platform/errors.ts";
import type { Authenticator } from "./deps.ts";

type Right = { readonly accountId: string; readonly sessionId: string; readonly expiresAt: number };

/** 32 digits that read as the name they are made from. */
export function idOf(name: string): string {
  return Buffer.from(name).toString("hex").padEnd(32, "0").slice(0, 32);
}

/** Tokens that are names in a list, with the answers of the real ones. */
export class MemoryTokens implements Authenticator {
  readonly #rights = new Map<string, Right>();
  readonly #refused = new Map<string, "auth.revoked" | "account.suspended">();
  readonly #clock: FakeClock;
  #gate: Promise<void> | null = null;
  #held = 0;
  #readCount = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  /** Tokens read and not yet let go. */
  get heldCount(): number {
    return this.#held;
  }

  /** Tokens whose reading has begun since the start. */
  get readCount(): number {
    return this.#readCount;
  }

  issue(account: string, { lifeMs = 600_000, session = `${account}'s phone` } = {}): string {
    const token = `token-${this.#rights.size}`;
    const expiresAt = this.#clock.now() + lifeMs;
    this.#rights.set(token, { accountId: idOf(account), sessionId: idOf(session), expiresAt });
    return token;
  }

  refuse(token: string, code: "auth.revoked" | "account.suspended"): void {
    this.#refused.set(token, code);
  }

  /** Keeps every token from now on between the look at it and the answer, until let go. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return () => {
      this.#gate = null;
      resolve();
    };
  }

  async authenticate(token: string): Promise<Right> {
    this.#readCount++;
    const right = this.#rights.get(token);
    if (!right) throw fail("auth.invalid");
    if (right.expiresAt <= this.#clock.now()) throw fail("auth.expired");
    const refusal = this.#refused.get(token);
    if (refusal) throw fail(refusal);
    if (this.#gate) {
      this.#held++;
      await this.#gate;
      this.#held--;
    }
    return right;
  }
}
