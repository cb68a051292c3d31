import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** Seals texts so that only this installation reads them, each under the purpose for which it was sealed. */
export type SecretBox = {
  seal(purpose: string, text: string): string;
  /** The text, or null when it was not sealed here, for this purpose, or was changed since. */
  open(purpose: string, sealed: string): string | null;
  /** A mark by which a text is known again, and which tells nothing of it to who lacks the secret. */
  fingerprint(purpose: string, text: string): string;
};

const ivBytes = 12;
const tagBytes = 16;

/**
 * Makes the box of a secret (AES-256-GCM under a key of its own for each purpose, HKDF of RFC 5869). Whoever holds the
 * database without the secret reads nothing of what was sealed.
 */
export function createSecretBox(secret: string): SecretBox {
  if (secret.length < 32) throw new Error("a sealing secret has at least 32 characters");
  const keys = new Map<string, Buffer>();

  function keyOf(purpose: string): Buffer {
    const key = keys.get(purpose) ?? Buffer.from(hkdfSync("sha256", secret, "maru", purpose, 32));
    keys.set(purpose, key);
    return key;
  }

  return {
    seal(purpose, text) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv("aes-256-gcm", keyOf(purpose), iv);
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64url");
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed, "base64url");
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
    fingerprint: (purpose, text) =>
      createHmac("sha256", keyOf(`${purpose} fingerprint`))
        .update(text)
        .digest("hex"),
  };
}
