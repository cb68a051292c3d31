import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { StartError } from "../../../platform/start-error.ts";

/** A signing key as it lies in the key file or the configuration: an Ed25519 JWK with its `kid`. */
export type SigningJwk = JWK & { readonly kid: string };
/** The key file: the first key signs; all verify. Retired keys stay, without `d`, until their tokens have expired. */
export type SigningJwks = { readonly keys: readonly SigningJwk[] };

/** The keys of an installation, ready for use. */
export type KeySet = {
  readonly current: { readonly kid: string; readonly privateKey: CryptoKey };
  /** Finds the public key of a `kid`, or null. */
  findPublicKey(kid: string): CryptoKey | null;
  /** The public halves, as other services may read them. */
  readonly publicJwks: { readonly keys: readonly JWK[] };
};

/** Makes the keys of a new installation. `kid` tells keys apart and is not secret. */
export async function generateSigningJwks(kid: string): Promise<SigningJwks> {
  const pair = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  return { keys: [{ ...(await exportJWK(pair.privateKey)), kid, alg: "EdDSA", use: "sig" }] };
}

/** Keys that are kept to verify with; older ones have long signed nothing that is still good. */
const maxRetired = 3;

/** Puts a new key in front; the old ones only verify from now on. */
export async function rotateSigningJwks(old: SigningJwks, kid: string): Promise<SigningJwks> {
  const fresh = await generateSigningJwks(kid);
  return { keys: [...fresh.keys, ...old.keys.slice(0, maxRetired).map(publicHalf)] };
}

/** The old keys with the public half of the one that is to come, so that all nodes know it before any signs with it. */
export function announceSigningKey(old: SigningJwks, fresh: SigningJwks): SigningJwks {
  return { keys: [...old.keys, ...fresh.keys.slice(0, 1).map(publicHalf)] };
}

function publicHalf(key: SigningJwk): SigningJwk {
  const { d: _secret, ...rest } = key;
  return rest;
}

/** Reads keys as they lie in the key file or the configuration; throws {@link StartError} when they are none. */
export function parseSigningJwks(text: string): SigningJwks {
  const value = parseJson(text) as { readonly keys?: unknown } | null;
  if (typeof value !== "object" || !Array.isArray(value?.keys))
    throw refuse("they are no JSON of the form {keys: […]}");
  for (const key of value.keys as unknown[]) {
    if (!isEd25519(key)) throw refuse("each must be an Ed25519 JWK (kty OKP, crv Ed25519) with a kid");
  }
  return value as SigningJwks;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isEd25519(key: unknown): boolean {
  const { kty, crv, kid } = (key ?? {}) as Record<string, unknown>;
  return kty === "OKP" && crv === "Ed25519" && typeof kid === "string" && kid !== "";
}

const refuse = (why: string) => new StartError(`The signing keys cannot be used: ${why}. See MARU_SIGNING_KEYS.`);

async function importEd25519(jwk: SigningJwk): Promise<CryptoKey> {
  const key = await importJWK(jwk, "EdDSA").catch(() => null);
  if (key === null || key instanceof Uint8Array) throw refuse(`${jwk.kid} is no Ed25519 key pair`);
  return key;
}

/** Opens keys for use; throws {@link StartError} when they cannot be used. */
export async function openKeySet(jwks: SigningJwks): Promise<KeySet> {
  const publicKeys = new Map<string, CryptoKey>();
  for (const key of jwks.keys) {
    if (!isEd25519(key)) throw refuse("each must be an Ed25519 JWK (kty OKP, crv Ed25519) with a kid");
    if (publicKeys.has(key.kid)) throw refuse(`two have the kid ${key.kid}`);
    publicKeys.set(key.kid, await importEd25519(publicHalf(key)));
  }
  const first = jwks.keys[0];
  if (!first?.d) throw refuse("the first one must have its private half (d)");
  return {
    current: { kid: first.kid, privateKey: await importEd25519(first) },
    findPublicKey: (kid) => publicKeys.get(kid) ?? null,
    publicJwks: { keys: jwks.keys.map(publicHalf) },
  };
}
