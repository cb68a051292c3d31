import type { Clock, RecoveryCodes, SignInStep } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import type { LockedAccount } from "../accounts/locked-account.ts";
import type { Notices } from "../security-log/notices.ts";
import type { Revocations } from "../sessions/revocations.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { RevocationRow } from "../sessions/store-revocations.ts";
import type { AuthEpochs, AuthProof } from "./auth-epochs.ts";
import { deviceHashOf } from "./known-browsers.ts";
import { rememberDevice } from "./store-devices.ts";

/** The browser or program that wants in. */
export type Visit = {
  /** How the device is named in the list of devices. */
  readonly deviceName: string;
  /** Secret of the browser, by which it is known again. */
  readonly deviceSecret: string;
  /** What counts as the address that it comes from. */
  readonly address: string;
};

export type SignedInSession = { readonly accountId: string; readonly sessionId: string; readonly refreshToken: string };

/** What a way in leads to: a session, or one more step whose secret the browser is to keep. */
export type Entry =
  | ({ readonly kind: "signed_in" } & SignedInSession & Partial<RecoveryCodes>)
  | {
      readonly kind: "step";
      readonly secret: string;
      readonly step: SignInStep;
      /** Whose step it is, where the account is there already. */
      readonly accountId?: string;
    };

export type Opened = SignedInSession & { readonly revoked: readonly RevocationRow[] };

export type SessionOpener = ReturnType<typeof createSessionOpener>;

/** Opens the session at the end of every way of signing in, and notifies the person of a device not seen before. */
export function createSessionOpener(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly sessions: Sessions;
  readonly revocations: Revocations;
  readonly notices: Notices;
  readonly epochs: AuthEpochs;
}) {
  const { db, clock, sessions, revocations, notices, epochs } = deps;

  /** Opens a session with the caller's transaction; {@link finish} after commit. */
  async function openIn(tx: Bun.SQL, account: LockedAccount, visit: Visit): Promise<Opened> {
    const { accountId } = account;
    const opened = await sessions.open(tx, account, visit.deviceName);
    const hash = deviceHashOf(accountId, visit);
    const device = { accountId, hash, at: new Date(clock.now()) };
    const { isNew, isFirst } = await rememberDevice(tx, device);
    if (isNew && !isFirst) await notices.send(tx, accountId, "new_device", { what: visit.deviceName });
    return { accountId, ...opened };
  }

  function finish({ accountId, sessionId, refreshToken, revoked }: Opened): Entry {
    revocations.announce(revoked);
    notices.poke();
    return { kind: "signed_in", accountId, sessionId, refreshToken };
  }

  return {
    openIn,
    finish,
    /** Opens a session for who has proved enough, unless the ways into the account have changed meanwhile. */
    open: async (proof: AuthProof, visit: Visit): Promise<Entry> =>
      finish(await db.transaction(async (tx) => openIn(tx, await epochs.redeem(tx, proof), visit))),
  };
}
