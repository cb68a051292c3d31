import { type Clock, type GuessLimitName, guessLimits } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import { Refusals } from "../../../platform/refusals.ts";
import type { SecretBox } from "../../../platform/secret-box.ts";
import { type AttemptRule, countAttempt, findBlock, forgetAttempts, takeAttemptBack } from "./store-attempts.ts";

export type SharedAttempts = ReturnType<typeof createSharedAttempts>;

/** How long a refusal holds on this node before the database is asked again, in ms. */
const askAgainMs = 250;

/**
 * Slows down guessing: each failure of a key beyond the free ones doubles the wait before the next attempt. Counted in the
 * database: what is guessed at from many addresses is guessed at over many nodes too. Costs a write for each attempt, so it
 * stands where a hash is computed anyway.
 *
 * An attempt counts as failed from its start until it succeeds, so a thousand at once are not a thousand free ones. A
 * refused attempt changes nothing: whoever floods a key delays its owner by `maxDelayMs` at most.
 */
export function createSharedAttempts(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
  /** The limit that counts. */
  readonly limit: GuessLimitName;
  /** What is guessed at, where one limit counts several things, each for itself. */
  readonly of?: string;
  /** A rule that differs from that of the limit. */
  readonly rule?: AttemptRule;
}) {
  const { db, clock, secretBox, limit, of = "", rule = guessLimits[limit] } = deps;
  const refusals = new Refusals();
  const keyOf = (owner: string) => secretBox.fingerprint(`attempts ${limit} ${of}`, owner);

  function requireNotRefused(key: string): void {
    const now = clock.now();
    const until = refusals.untilOf(key, now, rule.maxDelayMs);
    if (until > 0) throw fail("rate.limited", {}, { retryAfterMs: Math.max(1, until - now) });
  }

  return {
    /** Fails as {@link begin} would where that is known here already; asks nobody. */
    requireOpen(owner: string): void {
      requireNotRefused(keyOf(owner));
    },

    /** Starts an attempt, or fails with `rate.limited` and the wait that is left. */
    begin(owner: string): Promise<void> {
      const key = keyOf(owner);
      return refusals.inTurn(key, async () => {
        requireNotRefused(key);
        const now = new Date(clock.now());
        if ((await countAttempt(db.sql, key, rule, now)) !== null) return;
        const waitMs = Math.max(1, Math.ceil(((await findBlock(db.sql, key))?.getTime() ?? 0) - now.getTime()));
        // Another node may forget the failures meanwhile.
        refusals.note(key, now.getTime() + waitMs, now.getTime() + askAgainMs);
        throw fail("rate.limited", {}, { retryAfterMs: waitMs });
      });
    },

    /** Takes back the count of an attempt that came to no answer, leaving earlier failures. */
    takeBack(owner: string): Promise<void> {
      const key = keyOf(owner);
      refusals.forget(key);
      return takeAttemptBack(db.sql, key);
    },

    /** Forgets failures: the owner proved to be there. */
    forget(owner: string): Promise<void> {
      const key = keyOf(owner);
      refusals.forget(key);
      return forgetAttempts(db.sql, key);
    },
  };
}
