import { randomBytes } from "node:crypto";
import { type Clock, readCodeLetters, type SecondFactorMethod, type TotpSetUp } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import { requireKeyOf, type SecretBox } from "../../../platform/secret-box.ts";
import type { ChangingAccount, LockedAccount, OwnChangingAccount } from "../accounts/locked-account.ts";
import { findAccount } from "../accounts/store-accounts.ts";
import type { Notices } from "../security-log/notices.ts";
import type { AccessRight } from "../sessions/access-tokens.ts";
import type { AuthEpochs, AuthProof, OwnChange } from "../sign-in/auth-epochs.ts";
import { hashSecret, newSpelledSecret, readSpelledSecret } from "../sign-in/secret-hashes.ts";
import { createSharedAttempts } from "../sign-in/shared-attempts.ts";
import {
  confirmTotp,
  countRecoveryCodes,
  deletePasskeys,
  deleteTotp,
  findTotp,
  listPasskeys,
  putTotp,
  replaceRecoveryCodes,
  type TotpRow,
  takeRecoveryCode,
  takeTotpStep,
} from "./store-factors.ts";
import { describeTotpUri, findTotpStep, toBase32 } from "./totp.ts";

const purpose = "totp secret";
const recoveryCodeCount = 10;
/** Letters of a recovery code: 80 bits, so that a plain hash of it is safe. */
const recoveryCodeLength = 16;
/** How long a set-up waits for its first code. */
const setUpLifeMs = 1_800_000;

/** How an account is locked for what a proof lets begin. */
export type Lock = (tx: Bun.SQL, proof: AuthProof) => Promise<LockedAccount>;

export type SecondFactors = ReturnType<typeof createSecondFactors>;

/** One-time passwords and recovery codes of an account, and what second factors it has. */
export function createSecondFactors(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
  readonly notices: Notices;
  /** Shown in authenticator apps. */
  readonly issuer: string;
  readonly epochs: AuthEpochs;
}) {
  const { db, clock, secretBox, notices, epochs } = deps;
  const now = () => new Date(clock.now());
  const hashRecovery = (accountId: string, code: string) => hashSecret(`${accountId}:${readSpelledSecret(code)}`);

  async function listMethods(sql: Bun.SQL, accountId: string): Promise<SecondFactorMethod[]> {
    const totp = await findTotp(sql, accountId);
    const passkeys = await listPasskeys(sql, accountId);
    const methods: SecondFactorMethod[] = [];
    if (passkeys.length > 0) methods.push("passkey");
    if (totp?.confirmedAt) methods.push("totp");
    if (methods.length > 0 && (await countRecoveryCodes(sql, accountId)) > 0) methods.push("recovery_code");
    return methods;
  }

  async function makeRecoveryCodes(tx: Bun.SQL, account: ChangingAccount): Promise<string[]> {
    const codes = Array.from({ length: recoveryCodeCount }, () => newSpelledSecret(recoveryCodeLength));
    await replaceRecoveryCodes(
      tx,
      account,
      codes.map((code) => hashRecovery(account.accountId, code)),
    );
    return codes;
  }

  const setUps = createSharedAttempts({ db, clock, secretBox, limit: "second_factor", of: "set-up" });

  /** The time step whose code was typed, or null. */
  function findStep(totp: TotpRow, typed: string): number | null {
    const key = secretBox.open(purpose, totp.sealed);
    if (key === null) {
      requireKeyOf(secretBox, totp.sealed);
      return null;
    }
    return findTotpStep(Buffer.from(key, "base64url"), readCodeLetters(typed), clock.now(), totp.lastStep);
  }

  return {
    listMethods,

    /** Takes a code of the authenticator app, each once. */
    async takeTotp(tx: Bun.SQL, account: LockedAccount, typed: string): Promise<boolean> {
      const totp = await findTotp(tx, account.accountId);
      const step = totp?.confirmedAt ? findStep(totp, typed) : null;
      return step !== null && takeTotpStep(tx, account, step);
    },

    takeRecoveryCode: (tx: Bun.SQL, account: LockedAccount, typed: string) =>
      takeRecoveryCode(tx, account, hashRecovery(account.accountId, typed), now()),

    /** Makes a secret for an authenticator app. It counts once a code of it has been entered. */
    async startTotp(proof: AuthProof, lock: Lock = epochs.redeem): Promise<TotpSetUp> {
      const account = await findAccount(db.sql, proof.accountId);
      const key = randomBytes(20);
      const sealed = secretBox.seal(purpose, key.toString("base64url"));
      await db.transaction(async (tx) => {
        if (!(await putTotp(tx, await lock(tx, proof), { sealed, at: now() }))) throw fail("factor.exists");
      });
      const secret = toBase32(key);
      return { secret, uri: describeTotpUri(secret, account?.email || account?.nickname || "", deps.issuer) };
    },

    /** The proof that a set-up which waits for its first code stands for. */
    async getSetUpProof({ accountId, sessionId }: AccessRight): Promise<AuthProof> {
      const totp = await findTotp(db.sql, accountId);
      if (!totp) throw fail("code.wrong");
      return { flow: "totp_set_up", accountId, authEpoch: totp.authEpoch, sessionId };
    },

    /** Counts what may be a guess at the first code of an account's set-up, from whichever session; begun anew or not. */
    async countSetUp<T>(accountId: string, run: () => Promise<T>): Promise<T> {
      await setUps.begin(accountId);
      try {
        const value = await run();
        await setUps.forget(accountId);
        return value;
      } catch (error) {
        const isGuess = error instanceof Error && "code" in error && error.code === "code.wrong";
        if (!isGuess) await setUps.takeBack(accountId).catch(() => {});
        throw error;
      }
    },

    /** Makes the set-up count; null when the code is wrong, or the set-up began too long ago. */
    async confirmTotp(tx: Bun.SQL, locked: LockedAccount, typed: string): Promise<OwnChangingAccount | null> {
      const totp = await findTotp(tx, locked.accountId);
      if (!totp || totp.confirmedAt || totp.authEpoch !== locked.authEpoch) return null;
      if (clock.now() - totp.createdAt.getTime() >= setUpLifeMs) return null;
      const step = findStep(totp, typed);
      if (step === null) return null;
      const account = await epochs.raise(tx, locked, "totp_added");
      await confirmTotp(tx, account, { step, at: now() });
      return account;
    },

    /** What follows a factor's coming into force: recovery codes if there are none, and a notice. */
    async welcome(tx: Bun.SQL, account: ChangingAccount, what: string): Promise<string[]> {
      await notices.send(tx, account.accountId, "second_factor_added", { what });
      return (await countRecoveryCodes(tx, account.accountId)) > 0 ? [] : makeRecoveryCodes(tx, account);
    },

    /** Makes new recovery codes in place of those before; fails with `second_factor.missing` where they open nothing. */
    makeRecoveryCodes: (proof: AuthProof): Promise<string[]> =>
      db.transaction(async (tx) => {
        const locked = await epochs.redeem(tx, proof);
        if ((await listMethods(tx, proof.accountId)).length === 0) throw fail("second_factor.missing");
        return makeRecoveryCodes(tx, await epochs.raise(tx, locked, "recovery_codes_replaced"));
      }),

    countRecoveryCodes: (accountId: string) => countRecoveryCodes(db.sql, accountId),

    /**
     * Takes a factor away with `remove`, unless it is the last one of an account that has to have one. The last one
     * takes the recovery codes with it.
     */
    async remove(
      proof: AuthProof,
      change: OwnChange,
      what: string,
      remove: (tx: Bun.SQL, account: ChangingAccount) => Promise<boolean>,
    ): Promise<void> {
      const { accountId } = proof;
      await db.transaction(async (tx) => {
        const account = await epochs.raise(tx, await epochs.redeem(tx, proof), change);
        if (!(await remove(tx, account))) return;
        if ((await listMethods(tx, accountId)).length === 0) {
          if ((await findAccount(tx, accountId))?.kind === "operator") throw fail("factor.required");
          await replaceRecoveryCodes(tx, account, []);
        }
        await notices.send(tx, accountId, "second_factor_removed", { what });
      });
      notices.poke();
    },

    /** Takes every factor away. */
    async removeAll(tx: Bun.SQL, account: ChangingAccount): Promise<void> {
      await deleteTotp(tx, account);
      await deletePasskeys(tx, account);
      await replaceRecoveryCodes(tx, account, []);
    },
  };
}
