import { type Clock, findNameFault, normalizeName, type PasskeyOptions } from "@maru/protocol";
import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import { failFields } from "../accounts/account-creation.ts";
import type { AuthEpoch, LockedAccount, OwnChangingAccount } from "../accounts/locked-account.ts";
import { type AccountRow, findAccount } from "../accounts/store-accounts.ts";
import type { AccessRight } from "../sessions/access-tokens.ts";
import type { AuthEpochs, AuthProof } from "../sign-in/auth-epochs.ts";
import type { Lock } from "./second-factors.ts";
import {
  insertPasskey,
  listPasskeys,
  type PasskeyRow,
  putChallenge,
  takeChallenge,
  touchPasskey,
} from "./store-factors.ts";

const challengeLifeMs = 300_000;
/** Passkeys of one account. */
const maxPasskeys = 20;

/** A passkey that a browser made and that holds, with the epoch in which it was asked for. */
export type NewPasskey = Omit<PasskeyRow, "accountId" | "lastUsedAt"> & { readonly authEpoch: AuthEpoch | null };

export type Passkeys = ReturnType<typeof createPasskeys>;

/** Passkeys (WebAuthn) as a second factor: bound to this address by the browser, so that no look-alike page can use one. */
export function createPasskeys(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly origin: string;
  readonly name: string;
  readonly epochs: AuthEpochs;
}) {
  const { db, clock, origin, name, epochs } = deps;
  const { hostname: rpID, protocol } = new URL(origin);
  const isName = !/^[\d.]+$|^\[/.test(rpID);
  const canUse = isName && (protocol === "https:" || rpID === "localhost");

  function requireUsable(): void {
    if (!canUse) throw fail("passkey.unavailable");
  }

  function toDescriptor({ id, transports }: PasskeyRow) {
    // What the authenticator said of itself when it was registered.
    return { id, transports: [...transports] as AuthenticatorTransport[] };
  }

  return {
    canUse,

    list: (accountId: string): Promise<PasskeyRow[]> => listPasskeys(db.sql, accountId),

    /** What a browser is to make a passkey of. */
    async startCreation(proof: AuthProof, lock: Lock = epochs.redeem): Promise<PasskeyOptions> {
      requireUsable();
      const { accountId } = proof;
      const account: AccountRow | null = await findAccount(db.sql, accountId);
      const existing = await listPasskeys(db.sql, accountId);
      if (existing.length >= maxPasskeys) throw fail("factor.exists");
      const options = await generateRegistrationOptions({
        rpName: name,
        rpID,
        userID: new Uint8Array(Buffer.from(accountId, "hex")),
        userName: account?.email || account?.nickname || name,
        userDisplayName: account?.nickname ?? "",
        excludeCredentials: existing.map(toDescriptor),
        authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
      });
      const expiresAt = new Date(clock.now() + challengeLifeMs);
      const { challenge } = options;
      await db.transaction(async (tx) => putChallenge(tx, await lock(tx, proof), { challenge, expiresAt }));
      return { ...options };
    },

    /**
     * Reads what the browser made; fails with `passkey.failed` when it does not hold. The challenge is used up by this
     * whatever comes of it.
     */
    async readNew(accountId: string, input: { name: string; passkey: unknown }): Promise<NewPasskey> {
      requireUsable();
      if (findNameFault(input.name, "passkey")) throw failFields([{ path: "name", code: "name.invalid" }]);
      const now = new Date(clock.now());
      const asked = await takeChallenge(db.sql, accountId, now);
      if (asked === null) throw fail("passkey.failed");
      const response = input.passkey as RegistrationResponseJSON;
      const verified = await verifyRegistrationResponse({
        response,
        expectedChallenge: asked.challenge,
        expectedOrigin: origin,
        expectedRPID: rpID,
        requireUserVerification: false,
      }).catch((cause: unknown) => {
        throw fail("passkey.failed", {}, { cause });
      });
      if (!verified.verified) throw fail("passkey.failed");
      const { id, publicKey, counter, transports } = verified.registrationInfo.credential;
      return {
        authEpoch: asked.authEpoch,
        id,
        publicKey: Buffer.from(publicKey).toString("base64url"),
        counter,
        transports: (transports ?? []).filter((word) => /^[a-z-]{1,20}$/.test(word)).slice(0, 10),
        name: normalizeName(input.name),
        createdAt: now,
      };
    },

    /** The proof that a new passkey stands for. */
    proofOf: ({ authEpoch }: NewPasskey, { accountId, sessionId }: AccessRight): AuthProof => ({
      flow: "passkey_creation",
      accountId,
      authEpoch,
      sessionId,
    }),

    /** Stores a new passkey. */
    async store(
      tx: Bun.SQL,
      locked: LockedAccount,
      { authEpoch, ...passkey }: NewPasskey,
    ): Promise<{ account: OwnChangingAccount; passkey: PasskeyRow }> {
      if (authEpoch !== locked.authEpoch) throw fail("passkey.failed");
      const account = await epochs.raise(tx, locked, "passkey_added");
      if (!(await insertPasskey(tx, account, passkey))) throw fail("passkey.failed");
      return { account, passkey: { ...passkey, accountId: locked.accountId, lastUsedAt: null } };
    },

    /** What a passkey is to sign, as a second factor. The challenge is the caller's to keep. */
    async startCheck(accountId: string): Promise<PasskeyOptions> {
      requireUsable();
      const existing = await listPasskeys(db.sql, accountId);
      const options = await generateAuthenticationOptions({
        rpID,
        allowCredentials: existing.map(toDescriptor),
        userVerification: "preferred",
      });
      return { ...options };
    },

    /** Whether a passkey of this account signed the challenge. */
    async check(
      tx: Bun.SQL,
      { accountId }: LockedAccount,
      challenge: string | null,
      passkey: unknown,
    ): Promise<boolean> {
      if (!canUse || challenge === null) return false;
      const response = passkey as AuthenticationResponseJSON;
      const row = (await listPasskeys(tx, accountId)).find(({ id }) => id === response.id);
      if (!row) return false;
      const verified = await verifyAuthenticationResponse({
        response,
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: rpID,
        credential: { ...toDescriptor(row), publicKey: Buffer.from(row.publicKey, "base64url"), counter: row.counter },
        requireUserVerification: false,
      }).catch(() => null);
      if (!verified?.verified) return false;
      const { newCounter } = verified.authenticationInfo;
      await touchPasskey(tx, row.id, { counter: newCounter, at: new Date(clock.now()) });
      return true;
    },
  };
}
