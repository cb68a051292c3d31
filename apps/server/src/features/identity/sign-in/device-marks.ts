import type { SecretBox } from "../../../platform/secret-box.ts";
import { isSameText } from "./secret-hashes.ts";

export type DeviceMarks = ReturnType<typeof createDeviceMarks>;

/**
 * Signs the secret by which a browser is known again. Only a browser that has been signed in holds a signed one, so limits
 * can count it for itself, before anything is read from the database: whoever makes up secrets stays with their address.
 */
export function createDeviceMarks(secretBox: Pick<SecretBox, "fingerprint" | "fingerprints">) {
  const markOf = (secret: string) => secretBox.fingerprint("device", secret).slice(0, 32);
  const isEarlierMark = (secret: string, mark: string) =>
    secretBox.fingerprints("device", secret).some((earlier) => isSameText(mark, earlier.slice(0, 32)));

  return {
    /** What the browser keeps. */
    sign: (secret: string): string => `${secret}.${markOf(secret)}`,

    /**
     * What a browser showed: its secret, if it is one, and the key that counts it, if we have signed it; the same key for a
     * signature under an earlier secret, which is to be written anew.
     */
    read(shown: string | null): {
      readonly secret: string | null;
      readonly signedKey: string | null;
      readonly isOutdated: boolean;
    } {
      const [, secret, mark] = /^([\w-]{20,100})(?:\.([0-9a-f]{32}))?$/.exec(shown ?? "") ?? [];
      if (secret === undefined) return { secret: null, signedKey: null, isOutdated: false };
      if (mark === undefined) return { secret, signedKey: null, isOutdated: false };
      const present = markOf(secret);
      const isPresent = isSameText(mark, present);
      const isOutdated = !isPresent && isEarlierMark(secret, mark);
      return { secret, signedKey: isPresent || isOutdated ? `device ${present}` : null, isOutdated };
    },
  };
}
