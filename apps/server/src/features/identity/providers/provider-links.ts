import { type Clock, isStorableText } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import type { LockedAccount } from "../accounts/locked-account.ts";
import { findPassword } from "../accounts/store-accounts.ts";
import type { Reauthentication } from "../passwords/reauthentication.ts";
import type { Notices } from "../security-log/notices.ts";
import type { AccessRight } from "../sessions/access-tokens.ts";
import type { AuthEpochs, AuthProof } from "../sign-in/auth-epochs.ts";
import type { ProviderIdentity } from "../sign-up/email-codes.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { deleteProviderLink, findProviderAccount, insertProviderLink, listProviderLinks } from "./store-providers.ts";

export type ProviderLinks = ReturnType<typeof createProviderLinks>;

/** Which people at providers are which accounts. */
export function createProviderLinks(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly notices: Notices;
  readonly reauthentication: Reauthentication;
  readonly epochs: AuthEpochs;
  readonly providers: readonly ProviderSettings[];
}) {
  const { db, clock, notices, reauthentication, epochs, providers } = deps;
  const nameOf = (id: string) => providers.find((provider) => provider.id === id)?.name ?? id;

  /** Connects with the caller's transaction; fails with `provider.taken` when either side is connected otherwise. */
  async function connectIn(tx: Bun.SQL, account: LockedAccount, identity: ProviderIdentity): Promise<void> {
    const { issuer, subject, providerId } = identity;
    const at = new Date(clock.now());
    if (await insertProviderLink(tx, account, { issuer, subject, providerId, at })) return;
    const owner = await findProviderAccount(tx, issuer, subject);
    if (owner?.accountId !== account.accountId) throw fail("provider.taken");
  }

  return {
    connectIn,

    /**
     * Connects an account that is there already, and notifies its owner. Again is the same. Returns the proof that is good
     * afterwards, for whoever goes on with a sign-in.
     */
    async connect(proof: AuthProof, identity: ProviderIdentity): Promise<AuthProof> {
      const { accountId } = proof;
      const authEpoch = await db.transaction(async (tx) => {
        const account = await epochs.redeem(tx, proof);
        const owner = await findProviderAccount(tx, identity.issuer, identity.subject);
        if (owner?.accountId === accountId) return account.authEpoch;
        // A further way in is a change like a further passkey: what began before it begins again.
        const changing = await epochs.raise(tx, account, "provider_connected");
        await connectIn(tx, changing, identity);
        await notices.send(tx, accountId, "provider_connected", { what: nameOf(identity.providerId) });
        return changing.authEpoch;
      });
      notices.poke();
      return { ...proof, authEpoch };
    },

    async list(accountId: string): Promise<{ id: string; name: string; connectedAt: string }[]> {
      const rows = await listProviderLinks(db.sql, accountId);
      return rows.map(({ providerId, connectedAt }) => ({
        id: providerId,
        name: nameOf(providerId),
        connectedAt: connectedAt.toISOString(),
      }));
    },

    /** Disconnects a provider, never the last way in. */
    async remove(right: AccessRight, providerId: string, password: string | undefined): Promise<void> {
      const proof = await reauthentication.require(right, password);
      if (!isStorableText(providerId)) return;
      const { accountId } = right;
      await db.transaction(async (tx) => {
        const account = await epochs.raise(tx, await epochs.redeem(tx, proof), "provider_removed");
        if (!(await deleteProviderLink(tx, account, providerId))) return;
        const remainingLinks = (await listProviderLinks(tx, accountId)).filter(({ providerId: id }) => isOffered(id));
        if (remainingLinks.length === 0 && (await findPassword(tx, accountId))?.hash == null)
          throw fail("provider.last_way");
        await notices.send(tx, accountId, "provider_removed", { what: nameOf(providerId) });
      });
      notices.poke();
    },
  };

  /** Whether a provider is still offered here: one that the operator took away is no way in. */
  function isOffered(id: string): boolean {
    return providers.some((provider) => provider.id === id);
  }
}
