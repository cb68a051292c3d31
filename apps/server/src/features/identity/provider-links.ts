import { type Clock, isStorableText } from "@maru/protocol";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import type { AccessRight } from "./access-tokens.ts";
import type { ProviderIdentity } from "./email-codes.ts";
import type { Notices } from "./notices.ts";
import type { Proofs } from "./proofs.ts";
import type { ProviderSettings } from "./provider-settings.ts";
import { findPasswordHash, lockAccountState } from "./store-accounts.ts";
import { deleteProviderLink, findProviderAccount, insertProviderLink, listProviderLinks } from "./store-providers.ts";

export type ProviderLinks = ReturnType<typeof createProviderLinks>;

/** Which people at providers are which accounts. */
export function createProviderLinks(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly notices: Notices;
  readonly proofs: Proofs;
  readonly providers: readonly ProviderSettings[];
}) {
  const { db, clock, notices, proofs, providers } = deps;
  const nameOf = (id: string) => providers.find((provider) => provider.id === id)?.name ?? id;

  /** Connects with the caller's transaction; fails with `provider.taken` when either side is connected otherwise. */
  async function connectIn(tx: Bun.SQL, accountId: string, identity: ProviderIdentity): Promise<void> {
    const { issuer, subject, providerId } = identity;
    const at = new Date(clock.now());
    if (await insertProviderLink(tx, { issuer, subject, accountId, providerId, at })) return;
    if ((await findProviderAccount(tx, issuer, subject)) !== accountId) throw fail("provider.taken");
  }

  return {
    connectIn,

    /** Connects an account that is there already, and tells its owner. Again is the same. */
    async connect(accountId: string, identity: ProviderIdentity): Promise<void> {
      await db.transaction(async (tx) => {
        await lockAccountState(tx, accountId);
        if ((await findProviderAccount(tx, identity.issuer, identity.subject)) === accountId) return;
        await connectIn(tx, accountId, identity);
        await notices.send(tx, accountId, "provider_connected", { what: nameOf(identity.providerId) });
      });
      notices.poke();
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
      await proofs.require(right, password);
      if (!isStorableText(providerId)) return;
      const { accountId } = right;
      await db.transaction(async (tx) => {
        await lockAccountState(tx, accountId);
        if (!(await deleteProviderLink(tx, accountId, providerId))) return;
        const ways = (await listProviderLinks(tx, accountId)).filter(({ providerId: id }) => isOffered(id));
        if (ways.length === 0 && (await findPasswordHash(tx, accountId)) === null) throw fail("provider.last_way");
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
