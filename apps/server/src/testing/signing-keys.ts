import { generateSigningJwks } from "../features/identity/index.ts";

let keys: Promise<string> | null = null;

/** The signing keys that all nodes of one test process share, as `MARU_SIGNING_KEYS` has them. */
export function useTestSigningKeys(): Promise<string> {
  keys ??= generateSigningJwks("test").then((jwks) => JSON.stringify(jwks));
  return keys;
}

/** The sealing secret that all nodes of one test process share, as `MARU_SECRET_KEY` has it. */
export const testSecretKey = "the sealing secret of the test servers";
