import { isRaceLost } from "./db-errors.ts";

/** How often a write that lost a race for locks is run again. */
const maxTries = 3;

/** Runs a transaction, and again when it lost a race: deadlock, serialization, a lock that did not come in time. */
export async function runWrite<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      if (attempt === maxTries || !isRaceLost(error)) throw error;
    }
  }
}
