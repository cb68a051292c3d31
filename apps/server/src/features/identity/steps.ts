import type { Clock, ErrorCode } from "@maru/protocol";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import { newSecret } from "../../platform/ids.ts";
import type { Seals } from "../../platform/seals.ts";
import { hashSecret } from "./secret-hashes.ts";
import {
  countStepAttempt,
  deleteStep,
  findStep,
  insertStep,
  lockStep,
  type StepKind,
  type StepRow,
  updateStep,
} from "./store-steps.ts";

/** Guesses at one step; after that it has to be begun again. */
export const maxStepAttempts = 5;
const purpose = "sign-in step";

export type OpenStep<P> = StepRow & { readonly payload: P };

/** What an attempt at a step came to: it is done, it stays open with something else in it, or the guess was wrong. */
export type StepOutcome<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "wrong"; readonly code: ErrorCode };

export type Steps = ReturnType<typeof createSteps>;

/**
 * Keeps what is left to do before a browser is signed in. The browser holds a secret, the table its hash; who has the
 * table cannot go on for anybody, and nobody can hand a step of theirs to another's browser.
 */
export function createSteps(deps: { readonly db: Database; readonly clock: Clock; readonly seals: Seals }) {
  const { db, clock, seals } = deps;
  const now = () => new Date(clock.now());

  function open<P>(row: StepRow): OpenStep<P> {
    const text = seals.open(purpose, row.sealed);
    if (text === null) throw fail("step.expired");
    return { ...row, payload: JSON.parse(text) as P };
  }

  return {
    /** Begins a step with the caller's transaction and tells its secret. */
    async begin(
      tx: Bun.SQL,
      step: {
        readonly kind: StepKind;
        readonly accountId?: string;
        readonly emailKeyHash?: string;
        readonly payload: unknown;
        readonly lifeMs: number;
        readonly wasSent?: boolean;
      },
    ): Promise<string> {
      const secret = newSecret();
      const at = now();
      await insertStep(tx, {
        hash: hashSecret(secret),
        kind: step.kind,
        accountId: step.accountId ?? null,
        emailKeyHash: step.emailKeyHash ?? null,
        sealed: seals.seal(purpose, JSON.stringify(step.payload)),
        sentAt: step.wasSent ? at : null,
        at,
        expiresAt: new Date(at.getTime() + step.lifeMs),
      });
      return secret;
    },

    /** Reads a step of a kind that is still open, or fails with `step.expired`. */
    async get<P>(secret: string | null, kind: StepKind): Promise<OpenStep<P>> {
      const row = secret === null ? null : await findStep(db.sql, hashSecret(secret), now());
      if (!row || row.kind !== kind || row.attempts >= maxStepAttempts) throw fail("step.expired");
      return open<P>(row);
    },

    /** Reads whatever step a secret stands for, or null. */
    async find(secret: string): Promise<OpenStep<unknown> | null> {
      const row = await findStep(db.sql, hashSecret(secret), now());
      return row && row.attempts < maxStepAttempts ? open(row) : null;
    },

    /**
     * Makes an attempt at a step, with its row locked. `done` removes it, `wrong` counts and fails with its code and how
     * many attempts are left; what is thrown rolls everything back and counts nothing.
     */
    async attempt<P, T>(
      secret: string | null,
      kind: StepKind,
      run: (tx: Bun.SQL, step: OpenStep<P>) => Promise<StepOutcome<T>>,
    ): Promise<T> {
      if (secret === null) throw fail("step.expired");
      const hash = hashSecret(secret);
      let attemptsLeft = 0;
      const outcome = await db.transaction(async (tx): Promise<StepOutcome<T>> => {
        const row = await lockStep(tx, hash, now());
        if (!row || row.kind !== kind || row.attempts >= maxStepAttempts)
          return { kind: "wrong", code: "step.expired" };
        const made = await run(tx, open<P>(row));
        if (made.kind === "done") await deleteStep(tx, hash);
        else await countStepAttempt(tx, hash);
        attemptsLeft = maxStepAttempts - row.attempts - 1;
        return made;
      });
      if (outcome.kind === "wrong") throw fail(outcome.code, outcome.code === "step.expired" ? {} : { attemptsLeft });
      return outcome.value;
    },

    /** Changes what a step holds, under its lock; counted as sent again. */
    async change<P>(
      secret: string | null,
      kind: StepKind,
      run: (tx: Bun.SQL, step: OpenStep<P>) => Promise<P>,
    ): Promise<OpenStep<P>> {
      if (secret === null) throw fail("step.expired");
      const hash = hashSecret(secret);
      return db.transaction(async (tx) => {
        const row = await lockStep(tx, hash, now());
        if (!row || row.kind !== kind || row.attempts >= maxStepAttempts) throw fail("step.expired");
        const before = open<P>(row);
        const payload = await run(tx, before);
        await updateStep(tx, hash, { sealed: seals.seal(purpose, JSON.stringify(payload)), sentAt: now() });
        return { ...before, payload, sentAt: now(), sends: before.sends + 1 };
      });
    },

    /** Gives a step up. */
    async end(secret: string): Promise<void> {
      await deleteStep(db.sql, hashSecret(secret));
    },
  };
}
