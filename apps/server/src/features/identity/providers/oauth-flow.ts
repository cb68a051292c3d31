import type { Clock } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { fail } from "../../../platform/errors.ts";
import { newSecret } from "../../../platform/ids.ts";
import type { SecretBox } from "../../../platform/secret-box.ts";
import type { AuthEpoch } from "../accounts/locked-account.ts";
import type { AuthEpochs, AuthProof } from "../sign-in/auth-epochs.ts";
import type { Visit } from "../sign-in/open-session.ts";
import { hashSecret } from "../sign-in/secret-hashes.ts";
import type { ProviderChecks, ProviderClaims, ProviderClient } from "./provider-client.ts";
import { findProviderAttempt, insertProviderAttempt, takeProviderAttempt } from "./store-providers.ts";

const lifeMs = 900_000;
const purpose = "provider attempt";

type AuthorizationState = {
  readonly checks: ProviderChecks;
  readonly returnTo: string;
  readonly visit: Visit;
  /** Origin of the page that began it: there the browser comes back to, and there lies its cookie. */
  readonly pageOrigin: string;
};

/** What a browser comes back with from a provider. */
export type ProviderReturn = {
  readonly claims: ProviderClaims;
  readonly returnTo: string;
  readonly visit: Visit;
  /** Where the counter of epochs stood when it began. */
  readonly began: AuthEpoch | null;
  /** Who connects the provider; null at a sign-in. */
  readonly connects: AuthProof | null;
};

export type OAuthFlow = ReturnType<typeof createOAuthFlow>;

/**
 * Sends browsers to providers and takes them back: each flow once, by the browser that began it, from the provider
 * that it was sent to.
 */
export function createOAuthFlow(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly secretBox: SecretBox;
  readonly origin: string;
  readonly epochs: AuthEpochs;
  readonly clients: readonly ProviderClient[];
}) {
  const { db, clock, secretBox, origin, epochs, clients } = deps;

  function getClient(providerId: string): ProviderClient {
    const client = clients.find(({ settings }) => settings.id === providerId);
    if (!client) throw fail("provider.not_found");
    return client;
  }

  return {
    /** The id of a provider that is offered, or undefined: what an address calls one may be anything. */
    findProviderId: (id: string): string | undefined => clients.find(({ settings }) => settings.id === id)?.settings.id,

    /**
     * Begins a flow; one that connects redeems its proof, and is refused if that is outdated. `browserSecret` goes into the browser's cookie for `flowId`, `url` is where it has to go. A browser
     * may have several under way: each is ended by its own state and its own cookie.
     */
    async begin(
      providerId: string,
      options: {
        readonly returnTo: string;
        readonly visit: Visit;
        readonly connects: AuthProof | null;
        readonly pageOrigin: string;
      },
    ): Promise<{ url: string; flowId: string; browserSecret: string }> {
      const { visit, pageOrigin, connects } = options;
      const state = newSecret();
      const browserSecret = newSecret();
      const { url, checks } = await getClient(providerId).begin(state, pageOrigin);
      const returnTo = readReturnPath(options.returnTo, pageOrigin);
      const authorization: AuthorizationState = { checks, returnTo, visit, pageOrigin };
      const attempt = {
        hash: hashSecret(state),
        providerId,
        browserHash: hashSecret(browserSecret),
        sealed: secretBox.seal(purpose, JSON.stringify(authorization)),
        accountId: connects?.accountId ?? null,
        sessionId: connects?.sessionId ?? null,
        authEpoch: connects?.authEpoch ?? null,
        expiresAt: new Date(clock.now() + lifeMs),
      };
      if (connects === null) await insertProviderAttempt(db.sql, attempt);
      else {
        await db.transaction(async (tx) => {
          await epochs.redeem(tx, connects);
          await insertProviderAttempt(tx, attempt);
        });
      }
      return { url, flowId: readFlowId(state), browserSecret };
    },

    /**
     * Ends a flow with what the browser brought back. `takeSecret` gets where the flow began and takes the secret
     * out of the browser's cookie. Whoever lacks it leaves the flow to the browser that began it.
     */
    async finish(
      providerId: string,
      query: string,
      takeSecret: (flow: { readonly flowId: string; readonly pageOrigin: string }) => string | null,
    ): Promise<ProviderReturn> {
      const client = getClient(providerId);
      const state = new URLSearchParams(query).get("state") ?? "";
      const attempt = state === "" ? null : await findProviderAttempt(db.sql, hashSecret(state));
      if (!attempt || attempt.providerId !== providerId || attempt.expiresAt.getTime() <= clock.now()) {
        throw fail("provider.refused");
      }
      const text = secretBox.open(purpose, attempt.sealed);
      if (text === null) throw fail("provider.refused");
      const {
        checks,
        returnTo,
        visit,
        pageOrigin = origin,
      } = JSON.parse(text) as Partial<AuthorizationState> & AuthorizationState;
      const browserSecret = takeSecret({ flowId: readFlowId(state), pageOrigin });
      const isTheirs =
        browserSecret !== null && (await takeProviderAttempt(db.sql, hashSecret(state), hashSecret(browserSecret)));
      if (!isTheirs) throw fail("provider.refused");
      const claims = await client.finish(query, state, checks, pageOrigin);
      const { accountId, sessionId, authEpoch } = attempt;
      const connects = accountId && { flow: "provider_connect" as const, accountId, sessionId, authEpoch };
      return { claims, returnTo, visit, began: authEpoch, connects: connects || null };
    },
  };
}

/** The part of a cookie's name by which a flow's secret is found again; gives nothing of the state away. */
function readFlowId(state: string): string {
  return hashSecret(`flow:${state}`).slice(0, 16);
}

/**
 * A place inside the app to go to, or its first page: never another site, however it is spelled. What comes out is looked
 * at as a browser will, since taking dots out of `/..//host` leaves `//host`.
 */
export function readReturnPath(path: string, origin: string): string {
  if (!/^\/[\x21-\x7e]*$/.test(path) || path.includes("\\")) return "/";
  const url = URL.canParse(path, origin) ? new URL(path, origin) : null;
  if (url === null || url.origin !== new URL(origin).origin || url.pathname.startsWith("//")) return "/";
  return `${url.pathname}${url.search}${url.hash}`;
}
