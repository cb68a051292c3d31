import type { AccountExport, Clock, Consents } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import type { createBlocks } from "../accounts/blocks.ts";
import { presentConsent, presentSelf, presentSession } from "../accounts/present.ts";
import type { Profiles } from "../accounts/profiles.ts";
import { insertConsent } from "../accounts/store-accounts.ts";
import { listGivenUpLooks } from "../accounts/store-nicknames.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { AuthMethods } from "../sign-in/auth-methods.ts";
import { lockAccount } from "../sign-in/store-auth-epochs.ts";
import type { Exporter } from "./erasure.ts";
import type { LegalTexts } from "./legal.ts";
import { listConsents, withdrawConsents } from "./store-leavings.ts";

export type DataExport = ReturnType<typeof createDataExport>;

/** Exports what is held on a person, and reads and changes the consents among it. */
export function createDataExport(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly legal: LegalTexts;
  readonly profiles: Profiles;
  readonly sessions: Sessions;
  readonly blocks: ReturnType<typeof createBlocks>;
  readonly authMethods: AuthMethods;
}) {
  const { db, clock, legal, profiles, sessions, blocks, authMethods } = deps;
  const exporters: Exporter[] = [];

  const consentsOf = async (accountId: string): Promise<Consents> => ({
    consents: (await listConsents(db.sql, accountId)).map(presentConsent),
  });

  return {
    consentsOf,

    /** Gives or withdraws the consent to marketing; each giving is kept with its time, each withdrawal too. */
    async setMarketing(accountId: string, isGiven: boolean): Promise<Consents> {
      const at = new Date(clock.now());
      await db.transaction(async (tx) => {
        await lockAccount(tx, accountId);
        const isInForce = (await listConsents(tx, accountId)).some(
          ({ kind, withdrawnAt }) => kind === "marketing" && withdrawnAt === null,
        );
        if (isInForce === isGiven) return;
        const version = legal.versionOf("privacy");
        if (isGiven) await insertConsent(tx, { accountId, kind: "marketing", version, givenAt: at });
        else await withdrawConsents(tx, accountId, "marketing", at);
      });
      return consentsOf(accountId);
    },

    /** Adds a feature's part of what a person can download. */
    register(exporter: Exporter): void {
      exporters.push(exporter);
    },

    /** Everything held on a person. Secrets (hashes, keys) are left out: they say nothing about the person and open the account. */
    async export(accountId: string, currentSessionId: string): Promise<AccountExport> {
      const parts: Record<string, unknown> = {
        account: presentSelf(await profiles.getSelf(accountId)),
        ...(await consentsOf(accountId)),
        devices: (await sessions.list(accountId)).map((row) => presentSession(row, currentSessionId)),
        security: await authMethods.describe(accountId),
        blocks: await blocks.listBlocks(accountId),
        givenUpNicknames: await listGivenUpLooks(db.sql, accountId),
      };
      for (const exporter of exporters) parts[exporter.name] = await exporter.export(accountId);
      return { exportedAt: new Date(clock.now()).toISOString(), parts };
    },
  };
}
