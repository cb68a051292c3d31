import type { Clock } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import type { SecretBox } from "../../../platform/secret-box.ts";
import type { ChangingAccount } from "../accounts/locked-account.ts";
import { hashSecret } from "./secret-hashes.ts";
import { forgetDevices } from "./store-devices.ts";
import { deleteSignInPasses, findKnown, insertSignInPass } from "./store-sign-in-passes.ts";

/** How long the address of a reset counts for itself, in ms. */
const passMs = 3_600_000;
const purpose = "sign-in pass";
const nobody = "00000000000000000000000000000000";

/** What a browser is known by; a part of what every visit carries. */
type Browser = { readonly deviceSecret: string; readonly address: string };

export type KnownBrowsers = ReturnType<typeof createKnownBrowsers>;

/** The mark by which an account knows a browser: two accounts of one browser do not look alike. */
export function deviceHashOf(accountId: string, { deviceSecret }: Pick<Browser, "deviceSecret">): string {
  return hashSecret(`${accountId}:${deviceSecret}`);
}

/**
 * Distinguishes visitors whom an account knows from strangers, so that guesses of strangers never shut its owner out: browsers that
 * were signed in to it before, and, for an hour, the address from which its password was reset by mail.
 */
export function createKnownBrowsers(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
}) {
  const { db, clock, secretBox } = deps;

  const addressHashOf = (accountId: string, { address }: Browser) =>
    secretBox.fingerprint(purpose, `${accountId}:${address}`);
  // One that was given under an earlier secret holds for its hour too.
  const addressHashesOf = (accountId: string, { address }: Browser) =>
    secretBox.fingerprints(purpose, `${accountId}:${address}`);

  return {
    /** What counts a visitor whom the account knows; null for a stranger. The same work where there is no account. */
    async find(accountId: string | null, visit: Browser): Promise<string | null> {
      const id = accountId ?? nobody;
      const [deviceHash, addressHashes] = [deviceHashOf(id, visit), addressHashesOf(id, visit)];
      const known = await findKnown(db.sql, { accountId: id, deviceHash, addressHashes, now: new Date(clock.now()) });
      if (accountId === null) return null;
      return known.isDeviceKnown ? deviceHash : known.passHash;
    },

    /**
     * What counts a browser that was signed in to the account before, so that it has passed all its factors; null for any
     * other. A reset by mail is no such thing: each would bring new guesses at the second factor.
     */
    async findSignedIn(accountId: string, visit: Browser): Promise<string | null> {
      const [deviceHash, addressHashes] = [deviceHashOf(accountId, visit), addressHashesOf(accountId, visit)];
      const known = await findKnown(db.sql, { accountId, deviceHash, addressHashes, now: new Date(clock.now()) });
      return known.isDeviceKnown ? deviceHash : null;
    },

    /** Makes strangers of all: whoever came in before was perhaps not the owner. */
    async forget(tx: Bun.SQL, account: ChangingAccount): Promise<void> {
      await forgetDevices(tx, account);
      await deleteSignInPasses(tx, account);
    },

    /** Lets a visitor try passwords for themselves who has shown that the account's mail is theirs: browser and address. */
    async welcome(tx: Bun.SQL, accountId: string, visit: Browser): Promise<void> {
      const expiresAt = new Date(clock.now() + passMs);
      for (const visitorHash of [deviceHashOf(accountId, visit), addressHashOf(accountId, visit)]) {
        await insertSignInPass(tx, { accountId, visitorHash, expiresAt });
      }
    },
  };
}
