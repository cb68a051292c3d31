import { accountIdSchema, authSessionIdSchema, type Clock, fromWireId, limits, toWireId } from "@maru/protocol";
import { errors as joseErrors, jwtVerify, SignJWT } from "jose";
import { fail } from "../../../platform/errors.ts";
import type { KeySet } from "./keys.ts";

const algorithm = "EdDSA";
/** Distinguishes our access tokens from any other token that the same keys may sign one day (RFC 9068). */
const tokenType = "at+jwt";

/** Who a request or a socket speaks for. Ids are bare digits, as the stores use them. */
export type AccessRight = {
  readonly accountId: string;
  readonly sessionId: string;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
  readonly expiresAt: number;
};

export type AccessTokens = ReturnType<typeof createAccessTokens>;

/** Issues and verifies access tokens: JWTs of ten minutes that name an account and one of its sessions. */
export function createAccessTokens(deps: {
  readonly clock: Clock;
  readonly keys: KeySet;
  readonly issuer: string;
  readonly audience: string;
}) {
  const { clock, keys, issuer, audience } = deps;

  return {
    async issue(accountId: string, sessionId: string): Promise<{ token: string; expiresAt: number }> {
      const issuedAt = Math.floor(clock.now() / 1_000);
      const expiresAt = issuedAt + limits.accessTokenMs / 1_000;
      const token = await new SignJWT({ sid: toWireId("authSession", sessionId) })
        .setProtectedHeader({ alg: algorithm, typ: tokenType, kid: keys.current.kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(toWireId("account", accountId))
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(keys.current.privateKey);
      return { token, expiresAt: expiresAt * 1_000 };
    },

    /**
     * Reads a token. Fails with `auth.expired` only for a token that is ours in every other way, so that a forged one
     * never sends a client into refreshing; with `auth.invalid` otherwise. Knows nothing of revocations.
     */
    async verify(token: string): Promise<AccessRight> {
      let payload: Record<string, unknown>;
      try {
        const verified = await jwtVerify(
          token,
          ({ kid }) => {
            const key = kid === undefined ? null : keys.findPublicKey(kid);
            if (!key) throw new joseErrors.JWKSNoMatchingKey();
            return key;
          },
          {
            algorithms: [algorithm],
            issuer,
            audience,
            typ: tokenType,
            requiredClaims: ["sub", "sid", "iat", "exp"],
            currentDate: new Date(clock.now()),
          },
        );
        payload = verified.payload;
      } catch (error) {
        if (error instanceof joseErrors.JWTExpired) throw fail("auth.expired");
        if (error instanceof joseErrors.JOSEError || error instanceof TypeError) throw fail("auth.invalid");
        throw error;
      }
      const account = accountIdSchema.safeParse(payload["sub"]);
      const session = authSessionIdSchema.safeParse(payload["sid"]);
      if (!account.success || !session.success) throw fail("auth.invalid");
      return {
        accountId: fromWireId(account.data),
        sessionId: fromWireId(session.data),
        issuedAt: Number(payload["iat"]) * 1_000,
        expiresAt: Number(payload["exp"]) * 1_000,
      };
    },
  };
}
