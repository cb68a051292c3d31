import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { fail } from "./errors.ts";

/** Seals texts so that only this installation reads them, each under the purpose for which it was sealed. */
export type SecretBox = {
  /** Seals under the present secret, and names the key. */
  seal(purpose: string, text: string): string;
  /** The text, or null when it was not sealed here, for this purpose, or was changed since. Earlier secrets open too. */
  open(purpose: string, sealed: string): string | null;
  /** A mark by which a text is known again, and which tells nothing of it to who lacks the secret. */
  fingerprint(purpose: string, text: string): string;
  /** The marks of a text under every secret that is known here, the present one first: for what was kept before a change. */
  fingerprints(purpose: string, text: string): string[];
  /** True for what names the key of the present secret; all else is to be sealed anew. */
  isPresent(sealed: string): boolean;
  /** True for what names a key that is not known here: another node may read it. */
  lacksKeyOf(sealed: string): boolean;
};

const ivBytes = 12;
const tagBytes = 16;
const keyIdBytes = 6;
const minSecretLength = 32;
/** What was sealed, and the key's id behind it. Seals of before have none, and their reader stops at the sign. */
const form = /^([\w-]*)(?:=([\w-]{8}))?$/;

/** The keys of one secret: one for each purpose (HKDF of RFC 5869), and the id that its seals carry. */
function openSecret(secret: string) {
  if (secret.length < minSecretLength) throw new Error(`a sealing secret has at least ${minSecretLength} characters`);
  const derive = (purpose: string, bytes: number) => Buffer.from(hkdfSync("sha256", secret, "maru", purpose, bytes));
  const keys = new Map<string, Buffer>();

  function keyOf(purpose: string): Buffer {
    const key = keys.get(purpose) ?? derive(purpose, 32);
    keys.set(purpose, key);
    return key;
  }

  return {
    id: derive("key id", keyIdBytes).toString("base64url"),

    encrypt(purpose: string, text: string): string {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv("aes-256-gcm", keyOf(purpose), iv);
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64url");
    },

    decrypt(purpose: string, bytes: Buffer): string | null {
      if (bytes.length < ivBytes + tagBytes) return null;
      const decipher = createDecipheriv("aes-256-gcm", keyOf(purpose), bytes.subarray(0, ivBytes));
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      try {
        const body = bytes.subarray(ivBytes + tagBytes);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
      } catch {
        return null;
      }
    },

    digest: (purpose: string, text: string): string =>
      createHmac("sha256", keyOf(`${purpose} fingerprint`))
        .update(text)
        .digest("hex"),
  };
}

/**
 * Makes the box of a secret (AES-256-GCM). Whoever holds the database without the secret reads nothing of what was
 * sealed. `earlier` secrets open what was sealed under them and seal nothing; a seal names its key, so that each is tried
 * where it fits, and one of before, which names none, is tried with all of them.
 */
export function createSecretBox(secret: string, earlier: readonly string[] = []): SecretBox {
  const present = openSecret(secret);
  const known = [present, ...earlier.map(openSecret)];

  return {
    seal: (purpose, text) => `${present.encrypt(purpose, text)}=${present.id}`,
    open(purpose, sealed) {
      const [, body = "", id] = form.exec(sealed) ?? [];
      const bytes = Buffer.from(body, "base64url");
      for (const one of id === undefined ? known : known.filter((each) => each.id === id)) {
        const text = one.decrypt(purpose, bytes);
        if (text !== null) return text;
      }
      return null;
    },
    fingerprint: present.digest,
    fingerprints: (purpose, text) => known.map((one) => one.digest(purpose, text)),
    isPresent: (sealed) => form.exec(sealed)?.[2] === present.id,
    lacksKeyOf(sealed) {
      const id = form.exec(sealed)?.[2];
      return id !== undefined && known.every((one) => one.id !== id);
    },
  };
}

/**
 * Fails with `server.busy` where a seal is of a secret that this node does not have: while secrets change another node
 * reads it, so nothing that was typed counts as wrong.
 */
export function requireKeyOf(secretBox: Pick<SecretBox, "lacksKeyOf">, sealed: string): void {
  if (secretBox.lacksKeyOf(sealed)) throw fail("server.busy", {}, { retryAfterMs: 1_000 });
}
