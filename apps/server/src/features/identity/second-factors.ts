import { randomBytes } from "node:crypto";
import type { Clock, SecondFactorMethod, TotpSetUp } from "@maru/protocol";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import type { Seals } from "../../platform/seals.ts";
import type { Notices } from "./notices.ts";
import { hashSecret, newSpelledSecret, readCode, readSpelledSecret } from "./secret-hashes.ts";
import { findAccount, lockAccountState } from "./store-accounts.ts";
import {
  countRecoveryCodes,
  deletePasskeys,
  deleteTotp,
  findTotp,
  listPasskeys,
  putTotp,
  replaceRecoveryCodes,
  takeRecoveryCode,
  takeTotpStep,
} from "./store-factors.ts";
import { describeTotpUri, findTotpStep, toBase32 } from "./totp.ts";

const purpose = "totp secret";
const recoveryCodeCount = 10;
/** Letters of a recovery code: 80 bits, so that a plain hash of it is safe. */
const recoveryCodeLength = 16;

export type SecondFactors = ReturnType<typeof createSecondFactors>;

/** One-time passwords and recovery codes of an account, and what second factors it has. */
export function createSecondFactors(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly seals: Seals;
  readonly notices: Notices;
  /** Shown in authenticator apps. */
  readonly issuer: string;
}) {
  const { db, clock, seals, notices } = deps;
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

  async function makeRecoveryCodes(tx: Bun.SQL, accountId: string): Promise<string[]> {
    const codes = Array.from({ length: recoveryCodeCount }, () => newSpelledSecret(recoveryCodeLength));
    await replaceRecoveryCodes(
      tx,
      accountId,
      codes.map((code) => hashRecovery(accountId, code)),
    );
    return codes;
  }

  /** Takes a code of the authenticator app, each once. */
  async function takeTotp(tx: Bun.SQL, accountId: string, typed: string, isConfirmed: boolean): Promise<boolean> {
    const totp = await findTotp(tx, accountId);
    if (!totp || (totp.confirmedAt !== null) !== isConfirmed) return false;
    const key = seals.open(purpose, totp.sealed);
    if (key === null) return false;
    const step = findTotpStep(Buffer.from(key, "base64url"), readCode(typed), clock.now(), totp.lastStep);
    return step !== null && takeTotpStep(tx, accountId, step, now());
  }

  return {
    listMethods,

    takeTotp: (tx: Bun.SQL, accountId: string, typed: string) => takeTotp(tx, accountId, typed, true),

    takeRecoveryCode: (tx: Bun.SQL, accountId: string, typed: string) =>
      takeRecoveryCode(tx, accountId, hashRecovery(accountId, typed), now()),

    /** Makes a secret for an authenticator app. It counts once a code of it has been entered. */
    async startTotp(accountId: string): Promise<TotpSetUp> {
      const account = await findAccount(db.sql, accountId);
      const key = randomBytes(20);
      const sealed = seals.seal(purpose, key.toString("base64url"));
      if (!(await putTotp(db.sql, { accountId, sealed, at: now() }))) throw fail("factor.exists");
      const secret = toBase32(key);
      return { secret, uri: describeTotpUri(secret, account?.email || account?.nickname || "", deps.issuer) };
    },

    /** Makes the set-up count; false when the code is wrong. */
    confirmTotp: (tx: Bun.SQL, accountId: string, typed: string) => takeTotp(tx, accountId, typed, false),

    /** What follows a factor's coming into force: recovery codes if there are none, and a notice. */
    async welcome(tx: Bun.SQL, accountId: string, what: string): Promise<string[]> {
      await notices.send(tx, accountId, "second_factor_added", { what });
      return (await countRecoveryCodes(tx, accountId)) > 0 ? [] : makeRecoveryCodes(tx, accountId);
    },

    makeRecoveryCodes: (accountId: string) => db.transaction((tx) => makeRecoveryCodes(tx, accountId)),

    countRecoveryCodes: (accountId: string) => countRecoveryCodes(db.sql, accountId),

    /**
     * Takes a factor away with `remove`, unless it is the last one of an account that has to have one. The last one
     * takes the recovery codes with it.
     */
    async remove(accountId: string, what: string, remove: (tx: Bun.SQL) => Promise<boolean>): Promise<void> {
      await db.transaction(async (tx) => {
        await lockAccountState(tx, accountId);
        if (!(await remove(tx))) return;
        if ((await listMethods(tx, accountId)).length === 0) {
          if ((await findAccount(tx, accountId))?.kind === "operator") throw fail("factor.required");
          await replaceRecoveryCodes(tx, accountId, []);
        }
        await notices.send(tx, accountId, "second_factor_removed", { what });
      });
      notices.poke();
    },

    removeTotp: (tx: Bun.SQL, accountId: string) => deleteTotp(tx, accountId),

    /** Takes every factor away. */
    async removeAll(tx: Bun.SQL, accountId: string): Promise<void> {
      await deleteTotp(tx, accountId);
      await deletePasskeys(tx, accountId);
      await replaceRecoveryCodes(tx, accountId, []);
    },
  };
}
