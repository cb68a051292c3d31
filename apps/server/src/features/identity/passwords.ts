import { findPasswordFault } from "@maru/protocol";
import { fail } from "../../platform/errors.ts";
import { newSecret } from "../../platform/ids.ts";

/** argon2id as OWASP recommends it for 19 MB. */
const cost = { algorithm: "argon2id", memoryCost: 19_456, timeCost: 2 } as const;
/** Hashes that run at once: more would only take the cores from everybody else. */
const concurrency = 2;
/** Hashes that may wait; one takes about 40 ms of a core, so the last one waits a little over a second. */
const queueBound = 64;
const busyRetryMs = 2_000;

export type Passwords = ReturnType<typeof createPasswords>;

/**
 * Hashes and checks passwords, a bounded number at a time.
 *
 * Memory and cores are what a password flood is after; past the bound the answer is `server.busy`, at once. A password
 * is composed (NFC) first: a phone and a desktop may type the same Hangul in different code points.
 */
export function createPasswords(options: { readonly queueBound?: number } = {}) {
  const bound = options.queueBound ?? queueBound;
  const waiting: (() => void)[] = [];
  let running = 0;
  const decoy = Bun.password.hash(newSecret(), cost);

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= concurrency) {
      if (waiting.length >= bound) throw fail("server.busy", {}, { retryAfterMs: busyRetryMs });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running++;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  }

  return {
    /** Hashes a password that {@link findPasswordFault} let pass. */
    hash(password: string): Promise<string> {
      return inTurn(() => Bun.password.hash(password.normalize("NFC"), cost));
    },

    /**
     * Says whether a password belongs to a hash. Without a hash (no such account) it does the same work and says no,
     * so that time tells nothing. What can be no password is refused before any work.
     */
    async verify(password: string, hash: string | null): Promise<boolean> {
      const normal = password.normalize("NFC");
      if (findPasswordFault(normal) === "length" || !normal.isWellFormed()) return false;
      return inTurn(async () => {
        const isRight = await Bun.password.verify(normal, hash ?? (await decoy));
        return hash !== null && isRight;
      });
    },
  };
}
