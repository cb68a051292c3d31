import type { Clock, ErrorCode } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import { newSecret } from "../../../platform/ids.ts";
import { requireKeyOf, type SecretBox } from "../../../platform/secret-box.ts";
import { RefusedAccount } from "../security-log/security-log.ts";
import type { AuthProof } from "./auth-epochs.ts";
import { hashSecret } from "./secret-hashes.ts";
import {
  type AccountStepKind,
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

/** What an attempt at a step came to: it is done, or the answer was wrong; `payload` is what the step holds then. */
export type StepOutcome<T, P = unknown> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "wrong"; readonly code: ErrorCode; readonly payload?: P };

/** A step of somebody who has no account yet, or of an account that somebody has proved to be theirs. */
export type NewStep = {
  readonly payload: unknown;
  readonly lifeMs: number;
} & (
  | { readonly kind: "code"; readonly emailKeyHash: string }
  | { readonly kind: AccountStepKind; readonly proof: AuthProof }
);

export type Steps = ReturnType<typeof createSteps>;

/**
 * Keeps what is left to do before a browser is signed in. The browser holds a secret, the table its hash; who has the
 * table cannot go on for anybody, and nobody can hand a step of theirs to another's browser.
 */
export function createSteps(deps: { readonly db: Database; readonly clock: Clock; readonly secretBox: SecretBox }) {
  const { db, clock, secretBox } = deps;
  const now = () => new Date(clock.now());

  const sealPayload = (payload: unknown) => secretBox.seal(purpose, JSON.stringify(payload));

  function open<P>(row: StepRow): OpenStep<P> {
    const text = secretBox.open(purpose, row.sealed);
    if (text === null) {
      requireKeyOf(secretBox, row.sealed);
      throw fail("step.expired");
    }
    return { ...row, payload: JSON.parse(text) as P };
  }

  return {
    /** Begins a step with the caller's transaction and returns its secret. */
    async begin(tx: Bun.SQL, step: NewStep): Promise<string> {
      const secret = newSecret();
      const at = now();
      const owner = step.kind === "code" ? null : step.proof;
      await insertStep(tx, {
        hash: hashSecret(secret),
        kind: step.kind,
        accountId: owner?.accountId ?? null,
        authEpoch: owner?.authEpoch ?? null,
        emailKeyHash: step.kind === "code" ? step.emailKeyHash : null,
        sealed: sealPayload(step.payload),
        sentAt: step.kind === "code" ? at : null,
        at,
        expiresAt: new Date(at.getTime() + step.lifeMs),
      });
      return secret;
    },

    /** Reads whatever step a secret stands for, or null. */
    async find(secret: string): Promise<OpenStep<unknown> | null> {
      const row = await findStep(db.sql, hashSecret(secret), now());
      return row && row.attempts < maxStepAttempts && !row.isOutdated ? open(row) : null;
    },

    /** Reads the proof that a step of an account stands for; whether it is good still is seen when it is redeemed. */
    async getProof<K extends AccountStepKind>(
      secret: string | null,
      kind: K,
    ): Promise<AuthProof & { readonly flow: K }> {
      const row = secret === null ? null : await findStep(db.sql, hashSecret(secret), now());
      if (!row || row.kind !== kind || row.attempts >= maxStepAttempts || row.accountId === null) {
        throw fail("step.expired");
      }
      return { flow: kind, accountId: row.accountId, authEpoch: row.authEpoch, sessionId: null };
    },

    /**
     * Makes an attempt at a step, with its row locked, after `lock` has locked the account that it belongs to. `done`
     * removes it, `wrong` counts and fails with its code and how many attempts are left; what is thrown rolls everything
     * back and counts nothing.
     */
    async attempt<P, T, L>(
      secret: string | null,
      kind: StepKind,
      lock: (tx: Bun.SQL) => Promise<L>,
      run: (tx: Bun.SQL, step: OpenStep<P>, locked: L) => Promise<StepOutcome<T, P>>,
    ): Promise<T> {
      if (secret === null) throw fail("step.expired");
      const hash = hashSecret(secret);
      let attemptsLeft = 0;
      let accountId: string | undefined;
      const outcome = await db.transaction(async (tx): Promise<StepOutcome<T, P>> => {
        const locked = await lock(tx);
        const row = await lockStep(tx, hash, now());
        if (!row || row.kind !== kind || row.attempts >= maxStepAttempts)
          return { kind: "wrong", code: "step.expired" };
        const before = open<P>(row);
        const made = await run(tx, before, locked);
        if (made.kind === "done") await deleteStep(tx, hash);
        else await countStepAttempt(tx, hash, sealPayload(made.payload ?? before.payload));
        accountId = row.accountId ?? undefined;
        attemptsLeft = maxStepAttempts - row.attempts - 1;
        return made;
      });
      if (outcome.kind === "wrong") {
        const cause = new RefusedAccount({ accountId });
        throw fail(outcome.code, outcome.code === "step.expired" ? {} : { attemptsLeft }, { cause });
      }
      return outcome.value;
    },

    /** Changes what a step holds, under its lock; counted as sent again. */
    async change<P>(
      secret: string | null,
      kind: StepKind,
      lock: (tx: Bun.SQL) => Promise<unknown>,
      run: (tx: Bun.SQL, step: OpenStep<P>) => Promise<P>,
    ): Promise<OpenStep<P>> {
      if (secret === null) throw fail("step.expired");
      const hash = hashSecret(secret);
      return db.transaction(async (tx) => {
        await lock(tx);
        const row = await lockStep(tx, hash, now());
        if (!row || row.kind !== kind || row.attempts >= maxStepAttempts) throw fail("step.expired");
        const before = open<P>(row);
        const payload = await run(tx, before);
        await updateStep(tx, hash, { sealed: sealPayload(payload), sentAt: now() });
        return { ...before, payload, sentAt: now(), sends: before.sends + 1 };
      });
    },

    /** Gives a step up. */
    async end(secret: string): Promise<void> {
      await deleteStep(db.sql, hashSecret(secret));
    },
  };
}
