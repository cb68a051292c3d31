import type { RoomsDatabase } from "../ports.ts";
import { type ConsumerState, listConsumerStates } from "./store-consumers.ts";

/** Failures on end after which a room is told to the operator. */
const failingTries = 5;
/** What waits for longer than this is nobody's. */
const patienceMs = 600_000;

/** Recounts what consumers of rooms have yet to take. */
export function listConsumers(db: Pick<RoomsDatabase, "sql">): Promise<ConsumerState[]> {
  return listConsumerStates(db.sql, failingTries);
}

/** What is wrong with a consumer, in words that say what to do, or null. */
export function findConsumerFault({ name, failingCount, forgottenCount, lagMs }: ConsumerState): string | null {
  if (forgottenCount > 0) {
    return `${name}: ${countRooms(forgottenCount)} changed and nobody was told. The next change in each makes up for it; please report this.`;
  }
  if (failingCount > 0) {
    return `${name}: failed ${failingTries} times or more at ${countRooms(failingCount)}; the log of a worker says why.`;
  }
  if (lagMs === null || lagMs < patienceMs) return null;
  return `${name}: ${Math.round(lagMs / 60_000)} min behind. Does a node run whose roles include \`worker\`?`;
}

/** How a consumer stands, on one line. */
export function describeConsumer({ name, waitingCount, lagMs }: ConsumerState): string {
  if (waitingCount === 0) return `${name}: has taken everything`;
  return `${name}: ${countRooms(waitingCount)} to take, the earliest for ${Math.max(1, Math.round((lagMs ?? 0) / 1_000))} s`;
}

function countRooms(count: number): string {
  return count === 1 ? "a room" : `${count} rooms`;
}
