import type { Clock } from "@maru/protocol";
import type { Database } from "../../platform/db/database.ts";
import { fail } from "../../platform/errors.ts";
import { newSecret } from "../../platform/ids.ts";
import type { Seals } from "../../platform/seals.ts";
import type { AccessRight } from "./access-tokens.ts";
import type { Visit } from "./entrance.ts";
import type { ProviderChecks, ProviderClaims, ProviderClient } from "./provider-client.ts";
import { hashSecret, isSameText } from "./secret-hashes.ts";
import { insertProviderAttempt, takeProviderAttempt } from "./store-providers.ts";
import { findSessionStart } from "./store-sessions.ts";

const lifeMs = 900_000;
const purpose = "provider attempt";

type Luggage = {
  readonly checks: ProviderChecks;
  readonly returnTo: string;
  readonly visit: Visit;
};

/** Somebody back from a provider. */
export type Arrival = {
  readonly claims: ProviderClaims;
  readonly returnTo: string;
  readonly visit: Visit;
  /** Who connects the provider; null at a sign-in. */
  readonly accountId: string | null;
};

export type ProviderJourneys = ReturnType<typeof createProviderJourneys>;

/**
 * Sends browsers to providers and takes them back: each journey once, by the browser that began it, from the provider
 * that it was sent to.
 */
export function createProviderJourneys(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly seals: Seals;
  readonly origin: string;
  readonly clients: readonly ProviderClient[];
}) {
  const { db, clock, seals, origin, clients } = deps;

  function getClient(providerId: string): ProviderClient {
    const client = clients.find(({ settings }) => settings.id === providerId);
    if (!client) throw fail("provider.not_found");
    return client;
  }

  return {
    /** Begins a journey. `browserSecret` goes into the browser's cookie, `url` is where it has to go. */
    async begin(
      providerId: string,
      options: { readonly returnTo: string; readonly visit: Visit; readonly connects: AccessRight | null },
    ): Promise<{ url: string; browserSecret: string }> {
      const state = newSecret();
      const browserSecret = newSecret();
      const { url, checks } = await getClient(providerId).begin(state);
      const luggage: Luggage = { checks, returnTo: readReturnPath(options.returnTo, origin), visit: options.visit };
      await insertProviderAttempt(db.sql, {
        hash: hashSecret(state),
        providerId,
        browserHash: hashSecret(browserSecret),
        sealed: seals.seal(purpose, JSON.stringify(luggage)),
        accountId: options.connects?.accountId ?? null,
        sessionId: options.connects?.sessionId ?? null,
        expiresAt: new Date(clock.now() + lifeMs),
      });
      return { url, browserSecret };
    },

    /** Ends a journey with what the browser brought back. */
    async finish(providerId: string, query: string, browserSecret: string | null): Promise<Arrival> {
      const client = getClient(providerId);
      const state = new URLSearchParams(query).get("state") ?? "";
      const attempt = state === "" ? null : await takeProviderAttempt(db.sql, hashSecret(state));
      if (!attempt || attempt.providerId !== providerId || attempt.expiresAt.getTime() <= clock.now()) {
        throw fail("provider.refused");
      }
      if (browserSecret === null || !isSameText(hashSecret(browserSecret), attempt.browserHash)) {
        throw fail("provider.refused");
      }
      const text = seals.open(purpose, attempt.sealed);
      if (text === null) throw fail("provider.refused");
      const { checks, returnTo, visit } = JSON.parse(text) as Luggage;
      if (attempt.sessionId !== null && !(await findSessionStart(db.sql, attempt.sessionId)))
        throw fail("auth.revoked");
      const claims = await client.finish(query, state, checks);
      return { claims, returnTo, visit, accountId: attempt.accountId };
    },
  };
}

/** A place inside the app to go to, or its first page: never another site, however it is spelled. */
export function readReturnPath(path: string, origin: string): string {
  if (!/^\/(?![/\\])[\x21-\x7e]*$/.test(path) || path.includes("\\")) return "/";
  const url = URL.canParse(path, origin) ? new URL(path, origin) : null;
  return url?.origin === new URL(origin).origin ? `${url.pathname}${url.search}${url.hash}` : "/";
}
