import type {
  Clock,
  PasskeyOptions,
  SecondFactorInput,
  SecondFactorMethod,
  SignInStep,
  TotpSetUp,
} from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import type { SecretBox } from "../../../platform/secret-box.ts";
import type { LockedAccount } from "../accounts/locked-account.ts";
import { findAccount } from "../accounts/store-accounts.ts";
import type { AuthEpochs, AuthProof } from "../sign-in/auth-epochs.ts";
import type { KnownBrowsers } from "../sign-in/known-browsers.ts";
import type { Entry, Opened, SessionOpener, Visit } from "../sign-in/open-session.ts";
import { createSharedAttempts } from "../sign-in/shared-attempts.ts";
import type { OpenStep, StepOutcome, Steps } from "../sign-in/sign-in-steps.ts";
import type { AccountStepKind } from "../sign-in/store-steps.ts";
import type { Passkeys } from "./passkeys.ts";
import type { SecondFactors } from "./second-factors.ts";

const stepLifeMs = 600_000;

type FactorPayload = { readonly deviceName: string; readonly challenge: string | null };

export type SecondFactorSteps = ReturnType<typeof createSecondFactorSteps>;

/**
 * What stands between the first factor and the session: the second factor of who has one, and the setting up of one for
 * operators who have none. Every way in passes here but the one that makes the account.
 */
export function createSecondFactorSteps(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
  readonly steps: Steps;
  readonly factors: SecondFactors;
  readonly passkeys: Passkeys;
  readonly sessionOpener: SessionOpener;
  readonly knownBrowsers: KnownBrowsers;
  readonly epochs: AuthEpochs;
}) {
  const { db, clock, steps, factors, passkeys, sessionOpener, knownBrowsers, epochs } = deps;
  // Guesses at one account's second factor by who knows its password, over all their attempts to sign in.
  const attempts = createSharedAttempts({ db, clock, secretBox: deps.secretBox, limit: "second_factor" });

  const usable = (methods: readonly SecondFactorMethod[]) =>
    methods.filter((method) => method !== "passkey" || passkeys.canUse);
  const enrollable = (): SecondFactorMethod[] => (passkeys.canUse ? ["passkey", "totp"] : ["totp"]);

  /**
   * Locks the account of a step whose proof is good still. Where a factor is to be set up there must be none: who has one
   * is asked for it instead.
   */
  async function lock(tx: Bun.SQL, proof: AuthProof): Promise<LockedAccount> {
    const account = await epochs.redeem(tx, proof);
    const isLate = proof.flow === "enroll" && (await factors.listMethods(tx, account.accountId)).length > 0;
    if (isLate) throw fail("step.expired");
    return account;
  }

  /** Ends a step with a session once `run` lets pass, which may have changed the account. */
  async function pass<T>(
    secret: string | null,
    proof: AuthProof & { readonly flow: AccountStepKind },
    visit: Visit,
    run: (
      tx: Bun.SQL,
      account: LockedAccount,
      payload: FactorPayload,
    ) => Promise<StepOutcome<{ value: T; account: LockedAccount }, FactorPayload>>,
  ): Promise<{ entry: Entry; value: T }> {
    const done = await steps.attempt<FactorPayload, { opened: Opened; value: T }, LockedAccount>(
      secret,
      proof.flow,
      (tx) => lock(tx, proof),
      async (tx, step, locked) => {
        const outcome = await run(tx, locked, step.payload);
        if (outcome.kind === "wrong") return outcome;
        const { deviceName } = step.payload;
        const opened = await sessionOpener.openIn(tx, outcome.value.account, { ...visit, deviceName });
        return { kind: "done", value: { opened, value: outcome.value.value } };
      },
    );
    return { entry: sessionOpener.finish(done.opened), value: done.value };
  }

  return {
    /** Lets somebody in whose first factor was right, or gives them the step that is left. */
    async admit(proof: AuthProof, visit: Visit): Promise<Entry> {
      const { accountId } = proof;
      const account = await findAccount(db.sql, accountId);
      if (account?.state === "suspended") throw fail("account.suspended");
      if (account?.state !== "active") throw fail("sign_in.failed");
      const all = await factors.listMethods(db.sql, accountId);
      // Who has a factor that cannot be used here (passkeys on plain http) is not let in without it.
      if (all.length === 0 && account.kind !== "operator") return sessionOpener.open(proof, visit);
      const kind = all.length === 0 ? "enroll" : "second_factor";
      const methods = kind === "enroll" ? enrollable() : usable(all);
      const payload: FactorPayload = { deviceName: visit.deviceName, challenge: null };
      const secret = await steps.begin(db.sql, { kind, proof, payload, lifeMs: stepLifeMs });
      return { kind: "step", secret, accountId, step: { next: kind, methods } };
    },

    describe: async (step: OpenStep<FactorPayload>): Promise<SignInStep> =>
      step.kind === "enroll"
        ? { next: "enroll", methods: enrollable() }
        : { next: "second_factor", methods: usable(await factors.listMethods(db.sql, step.accountId ?? "")) },

    /** What a passkey is to sign; asking again makes the earlier challenge worthless. */
    async startPasskey(secret: string | null): Promise<PasskeyOptions> {
      const proof = await steps.getProof(secret, "second_factor");
      const options = await passkeys.startCheck(proof.accountId);
      await steps.change<FactorPayload>(
        secret,
        "second_factor",
        (tx) => lock(tx, proof),
        async (_tx, { payload }) => ({ ...payload, challenge: options.challenge }),
      );
      return options;
    },

    /** Checks the second factor and signs in. */
    async check(secret: string | null, input: SecondFactorInput, visit: Visit): Promise<Entry> {
      const proof = await steps.getProof(secret, "second_factor");
      const owner = proof.accountId;
      // Whoever has learned the password and guesses on keeps nobody out whose browser is known.
      const guesser = (await knownBrowsers.findSignedIn(owner, visit)) ?? owner;
      await attempts.begin(guesser);
      try {
        const { entry } = await pass(secret, proof, visit, async (tx, account, payload) => {
          const isRight =
            input.passkey !== undefined
              ? await passkeys.check(tx, account, payload.challenge, input.passkey)
              : input.totp !== undefined
                ? await factors.takeTotp(tx, account, input.totp)
                : await factors.takeRecoveryCode(tx, account, input.recoveryCode ?? "");
          if (isRight) return { kind: "done", value: { value: null, account } };
          // A challenge is answered once, rightly or not.
          const kept = input.passkey === undefined ? payload : { ...payload, challenge: null };
          return { kind: "wrong", code: "second_factor.failed", payload: kept };
        });
        await attempts.forget(guesser);
        return entry;
      } catch (error) {
        const isGuess = error instanceof Error && "code" in error && error.code === "second_factor.failed";
        if (!isGuess) await attempts.takeBack(guesser).catch(() => {});
        throw error;
      }
    },

    startTotp: async (secret: string | null): Promise<TotpSetUp> =>
      factors.startTotp(await steps.getProof(secret, "enroll"), lock),

    /** Finishes the authenticator app of an operator and signs in; returns the recovery codes. */
    async confirmTotp(secret: string | null, code: string, visit: Visit): Promise<{ entry: Entry; value: string[] }> {
      const proof = await steps.getProof(secret, "enroll");
      return pass(secret, proof, visit, async (tx, locked) => {
        const account = await factors.confirmTotp(tx, locked, code);
        if (!account) return { kind: "wrong", code: "second_factor.failed" };
        return { kind: "done", value: { account, value: await factors.welcome(tx, account, "TOTP") } };
      });
    },

    startNewPasskey: async (secret: string | null): Promise<PasskeyOptions> =>
      passkeys.startCreation(await steps.getProof(secret, "enroll"), lock),

    /** Stores the first passkey of an operator and signs in; returns the recovery codes. */
    async finishNewPasskey(
      secret: string | null,
      input: { name: string; passkey: unknown },
      visit: Visit,
    ): Promise<{ entry: Entry; value: string[] }> {
      const proof = await steps.getProof(secret, "enroll");
      const made = await passkeys.readNew(proof.accountId, input);
      return pass(secret, proof, visit, async (tx, locked) => {
        const { account } = await passkeys.store(tx, locked, made);
        return { kind: "done", value: { account, value: await factors.welcome(tx, account, "passkey") } };
      });
    },
  };
}
