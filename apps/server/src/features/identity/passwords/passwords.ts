import { findPasswordFault } from "@maru/protocol";
import { newSecret } from "../../../platform/ids.ts";
import type { HashCaller, HashQueue } from "./hash-queue.ts";

/** argon2id as OWASP recommends it for 19 MB. */
const cost = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;

export type Passwords = ReturnType<typeof createPasswords>;

/**
 * Hashes and checks passwords, each in its caller's turn.
 *
 * A password is composed (NFC) first: a phone and a desktop may type the same Hangul in different code points.
 */
export function createPasswords(queue: HashQueue) {
  const decoy = Bun.password.hash(newSecret(), cost);

  return {
    /** Hashes a password that {@link findPasswordFault} let pass. */
    hash(password: string, caller: HashCaller): Promise<string> {
      return queue.run(caller, () => Bun.password.hash(password.normalize("NFC"), cost));
    },

    /**
     * Whether a password belongs to a hash. Without a hash (no such account) it does the same work and says no,
     * so that time tells nothing. What can be no password is refused before any work.
     */
    async verify(password: string, hash: string | null, caller: HashCaller): Promise<boolean> {
      const normal = password.normalize("NFC");
      if (findPasswordFault(normal) === "length" || !normal.isWellFormed()) return false;
      return queue.run(caller, async () => {
        const isRight = await Bun.password.verify(normal, hash ?? (await decoy));
        return hash !== null && isRight;
      });
    },
  };
}
