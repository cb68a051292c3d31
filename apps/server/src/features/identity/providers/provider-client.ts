import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
} from "openid-client";
import { fail } from "../../../platform/errors.ts";
import type { Log } from "../../../platform/log.ts";
import type { ProviderSettings } from "./provider-settings.ts";

const patienceSeconds = 10;

/** What a sign-in that was sent away has to be checked against when it comes back. */
export type ProviderChecks = { readonly nonce: string; readonly codeVerifier: string };

/** What a provider says of somebody. */
export type ProviderClaims = {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  /** True only when the provider says in so many words that it verified the address. */
  readonly isEmailVerified: boolean;
  readonly name: string | null;
};

export type FetchPort = (url: string, init: object) => Promise<Response>;

export type ProviderClient = ReturnType<typeof createProviderClient>;

/**
 * Speaks OpenID Connect with one provider: authorization code flow with PKCE, state and nonce; the signature, issuer,
 * audience, time and nonce of the id token are checked, and the `iss` of the answer where the provider sends one
 * (RFC 9207), so that one provider's answer is never taken for another's.
 */
export function createProviderClient(
  settings: ProviderSettings,
  deps: { readonly fetch: FetchPort; readonly log: Log },
) {
  const { log } = deps;
  const redirectUriOf = (pageOrigin: string) => `${pageOrigin}/api/auth/providers/${settings.id}/callback`;
  let discovered: Promise<Configuration> | null = null;

  function discover(): Promise<Configuration> {
    const isPlain = settings.issuer.startsWith("http://");
    discovered ??= discovery(new URL(settings.issuer), settings.clientId, settings.clientSecret, undefined, {
      execute: [enableNonRepudiationChecks, ...(isPlain ? [allowInsecureRequests] : [])],
      timeout: patienceSeconds,
      [customFetch]: deps.fetch,
    }).catch((error: unknown) => {
      // Asked again next time: the provider may only have been away.
      discovered = null;
      log.warn("a sign-in provider cannot be reached", { provider: settings.id, error });
      throw fail("provider.failed", {}, { cause: error });
    });
    return discovered;
  }

  return {
    settings,

    /** Where to send the browser; it comes back to the origin of its page. */
    async begin(state: string, pageOrigin: string): Promise<{ url: string; checks: ProviderChecks }> {
      const config = await discover();
      const checks = { nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() };
      const url = buildAuthorizationUrl(config, {
        redirect_uri: redirectUriOf(pageOrigin),
        scope: settings.scope,
        state,
        nonce: checks.nonce,
        code_challenge: await calculatePKCECodeChallenge(checks.codeVerifier),
        code_challenge_method: "S256",
      });
      return { url: url.href, checks };
    },

    /** Reads what the browser brought back; fails with `provider.refused` unless all of it holds. */
    async finish(query: string, state: string, checks: ProviderChecks, pageOrigin: string): Promise<ProviderClaims> {
      const config = await discover();
      try {
        const tokens = await authorizationCodeGrant(config, new URL(`${redirectUriOf(pageOrigin)}?${query}`), {
          expectedState: state,
          expectedNonce: checks.nonce,
          pkceCodeVerifier: checks.codeVerifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims) throw new Error("no id token");
        if (!isSubject(claims.sub)) throw new Error("the subject can be nobody's");
        // Some (Kakao) send only there whether the address is verified; then the address sent there is what counts.
        const hasVerification = claims["email"] !== undefined && claims["email_verified"] !== undefined;
        const asksMore = !hasVerification && config.serverMetadata().userinfo_endpoint !== undefined;
        const more = asksMore ? await fetchUserInfo(config, tokens.access_token, claims.sub) : {};
        return readClaims(claims.iss, claims.sub, { ...claims, ...more });
      } catch (error) {
        const { code, name } = error as { code?: string; name?: string };
        log.info("a provider's sign-in was refused", { provider: settings.id, reason: code ?? name });
        throw fail("provider.refused", {}, { cause: error });
      }
    },
  };
}

/** Whether a subject can be somebody's: OpenID Connect allows 255 characters, and nothing that hides belongs in it. */
function isSubject(subject: unknown): boolean {
  return typeof subject === "string" && /^(?=.*\S)[^\p{C}]{1,255}$/u.test(subject);
}

function readClaims(issuer: string, subject: string, claims: Readonly<Record<string, unknown>>): ProviderClaims {
  const textOf = (name: string) => {
    const value = claims[name];
    return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
  };
  return {
    issuer,
    subject,
    email: textOf("email"),
    isEmailVerified: textOf("email") !== null && claims["email_verified"] === true,
    name: textOf("nickname") ?? textOf("name"),
  };
}
