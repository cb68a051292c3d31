import {
  type Clock,
  guessLimits,
  type PasskeyOptions,
  type SecondFactorInput,
  type SecondFactorMethod,
  type SignInStep,
  type TotpSetUp,
} from "@maru/protocol";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import type { Seals } from "../../platform/seals.ts";
import type { Entrance, Entry, Opened, Visit } from "./entrance.ts";
import type { Passkeys } from "./passkeys.ts";
import type { SecondFactors } from "./second-factors.ts";
import { createSharedAttempts } from "./shared-attempts.ts";
import type { OpenStep, StepOutcome, Steps } from "./steps.ts";
import { findAccount } from "./store-accounts.ts";

const stepLifeMs = 600_000;
/** Guesses at one account's second factor by who knows its password, over all their attempts to sign in. */
const rule = guessLimits.second_factor;

type FactorPayload = { readonly deviceName: string; readonly challenge: string | null };

export type SecondFactorSteps = ReturnType<typeof createSecondFactorSteps>;

/**
 * What stands between the first factor and the session: the second factor of who has one, and the setting up of one for
 * operators who have none. Every way in passes here but the one that makes the account.
 */
export function createSecondFactorSteps(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly seals: Seals;
  readonly steps: Steps;
  readonly factors: SecondFactors;
  readonly passkeys: Passkeys;
  readonly entrance: Entrance;
}) {
  const { db, clock, steps, factors, passkeys, entrance } = deps;
  const attempts = createSharedAttempts({ db, clock, seals: deps.seals, name: "second factor", rule });

  const usable = (methods: readonly SecondFactorMethod[]) =>
    methods.filter((method) => method !== "passkey" || passkeys.canUse);
  const enrollable = (): SecondFactorMethod[] => (passkeys.canUse ? ["passkey", "totp"] : ["totp"]);

  async function accountOf(secret: string | null, kind: "second_factor" | "enroll"): Promise<string> {
    const { accountId } = await steps.get<FactorPayload>(secret, kind);
    if (accountId === null) throw fail("step.expired");
    return accountId;
  }

  /** Ends a step with a session once `run` lets pass. */
  async function pass<T>(
    secret: string | null,
    kind: "second_factor" | "enroll",
    visit: Visit,
    run: (tx: Bun.SQL, accountId: string, payload: FactorPayload) => Promise<StepOutcome<T>>,
  ): Promise<{ entry: Entry; value: T }> {
    const done = await steps.attempt<FactorPayload, { opened: Opened; value: T }>(secret, kind, async (tx, step) => {
      if (step.accountId === null) return { kind: "wrong", code: "step.expired" };
      const outcome = await run(tx, step.accountId, step.payload);
      if (outcome.kind === "wrong") return outcome;
      const { deviceName } = step.payload;
      const opened = await entrance.openIn(tx, step.accountId, { ...visit, deviceName });
      return { kind: "done", value: { opened, value: outcome.value } };
    });
    return { entry: entrance.finish(done.opened), value: done.value };
  }

  return {
    /** Lets somebody in whose first factor was right, or gives them the step that is left. */
    async admit(accountId: string, visit: Visit): Promise<Entry> {
      const account = await findAccount(db.sql, accountId);
      if (account?.state === "suspended") throw fail("account.suspended");
      if (account?.state !== "active") throw fail("sign_in.failed");
      const all = await factors.listMethods(db.sql, accountId);
      // Who has a factor that cannot be used here (passkeys on plain http) is not let in without it.
      if (all.length === 0 && account.kind !== "operator") return entrance.open(accountId, visit);
      const kind = all.length === 0 ? "enroll" : "second_factor";
      const methods = kind === "enroll" ? enrollable() : usable(all);
      const payload: FactorPayload = { deviceName: visit.deviceName, challenge: null };
      const secret = await steps.begin(db.sql, { kind, accountId, payload, lifeMs: stepLifeMs });
      return { kind: "step", secret, step: { next: kind, methods } };
    },

    describe: async (step: OpenStep<FactorPayload>): Promise<SignInStep> =>
      step.kind === "enroll"
        ? { next: "enroll", methods: enrollable() }
        : { next: "second_factor", methods: usable(await factors.listMethods(db.sql, step.accountId ?? "")) },

    /** What a passkey is to sign; asking again makes the earlier challenge worthless. */
    async startPasskey(secret: string | null): Promise<PasskeyOptions> {
      const options = await passkeys.startCheck(await accountOf(secret, "second_factor"));
      await steps.change<FactorPayload>(secret, "second_factor", async (_tx, { payload }) => ({
        ...payload,
        challenge: options.challenge,
      }));
      return options;
    },

    /** Checks the second factor and signs in. */
    async check(secret: string | null, input: SecondFactorInput, visit: Visit): Promise<Entry> {
      const owner = await accountOf(secret, "second_factor");
      await attempts.begin(owner);
      try {
        const { entry } = await pass(secret, "second_factor", visit, async (tx, accountId, { challenge }) => {
          const isRight =
            input.passkey !== undefined
              ? await passkeys.check(tx, accountId, challenge, input.passkey)
              : input.totp !== undefined
                ? await factors.takeTotp(tx, accountId, input.totp)
                : await factors.takeRecoveryCode(tx, accountId, input.recoveryCode ?? "");
          return isRight ? { kind: "done", value: null } : { kind: "wrong", code: "second_factor.failed" };
        });
        await attempts.forget(owner);
        return entry;
      } catch (error) {
        const isGuess = error instanceof Error && "code" in error && error.code === "second_factor.failed";
        if (!isGuess) await attempts.takeBack(owner).catch(() => {});
        throw error;
      }
    },

    startTotp: async (secret: string | null): Promise<TotpSetUp> =>
      factors.startTotp(await accountOf(secret, "enroll")),

    /** Finishes the authenticator app of an operator and signs in; tells the recovery codes. */
    confirmTotp: (secret: string | null, code: string, visit: Visit): Promise<{ entry: Entry; value: string[] }> =>
      pass(secret, "enroll", visit, async (tx, accountId) => {
        if (!(await factors.confirmTotp(tx, accountId, code))) return { kind: "wrong", code: "second_factor.failed" };
        return { kind: "done", value: await factors.welcome(tx, accountId, "TOTP") };
      }),

    startNewPasskey: async (secret: string | null): Promise<PasskeyOptions> =>
      passkeys.startCreation(await accountOf(secret, "enroll")),

    /** Stores the first passkey of an operator and signs in; tells the recovery codes. */
    finishNewPasskey: (
      secret: string | null,
      input: { name: string; passkey: unknown },
      visit: Visit,
    ): Promise<{ entry: Entry; value: string[] }> =>
      pass(secret, "enroll", visit, async (tx, accountId) => {
        await passkeys.finishCreation(tx, accountId, input);
        return { kind: "done", value: await factors.welcome(tx, accountId, "passkey") };
      }),
  };
}
