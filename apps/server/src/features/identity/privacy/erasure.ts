import type { Clock, Timer } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import type { Lease } from "../../../platform/leases.ts";
import type { Log } from "../../../platform/log.ts";
import { eraseAccount, listDueLeavings, listUntold, markTold } from "./store-leavings.ts";

const pollMs = 60_000;
const batchSize = 20;

/** What a person chose about their messages. */
export type ErasureWish = { readonly messages: "keep" | "remove" };

/**
 * Takes away what a feature holds on an account that is gone. Called again when another feature's eraser failed, so doing
 * it twice must change nothing.
 */
export type Eraser = {
  readonly name: string;
  /**
   * Takes in that the account is closed, rather than after the grace time: a bounded part of it, and tells whether more is
   * left. Whoever calls again goes on, also after a kill.
   */
  readonly depart?: (accountId: string) => Promise<"more" | "done">;
  readonly erase: (accountId: string, wish: ErasureWish) => Promise<void>;
};

/** Tells all that a feature holds on an account, as JSON that its owner can read. */
export type Exporter = { readonly name: string; readonly export: (accountId: string) => Promise<unknown> };

/** Erases people who left, once their grace time is over: each feature first, the account last. One node does it. */
export function createErasure(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly lease: Lease;
}) {
  const { db, clock, log, lease } = deps;
  const erasers: Eraser[] = [];
  let timer: Timer | null = null;
  let isRunning = false;
  let isStopped = false;
  const departing = new Set<Promise<unknown>>();

  async function eraseOne(accountId: string, wish: ErasureWish): Promise<boolean> {
    for (const eraser of erasers) {
      try {
        await eraser.erase(accountId, wish);
      } catch (error) {
        log.error("a person could not be erased; trying again", { feature: eraser.name, accountId, error });
        return false;
      }
    }
    await db.transaction((tx) => eraseAccount(tx, accountId));
    return true;
  }

  /** Tells every feature that an account is closed; false when one could not take it in, or there was no time for it. */
  async function depart(accountId: string): Promise<boolean> {
    for (const eraser of erasers) {
      try {
        while ((await eraser.depart?.(accountId)) === "more") if (isStopped) return false;
      } catch (error) {
        log.error("a feature did not take in that a person left; trying again", { feature: eraser.name, error });
        return false;
      }
    }
    await markTold(db.sql, accountId, new Date(clock.now()));
    return true;
  }

  /** Erases who is due; tells how many were. */
  async function sweep(): Promise<number> {
    if (!(await lease.hold())) return 0;
    for (const accountId of await listUntold(db.sql, batchSize)) await depart(accountId);
    const due = await listDueLeavings(db.sql, new Date(clock.now()), batchSize);
    let count = 0;
    for (const { accountId, messages } of due) if (await eraseOne(accountId, { messages })) count++;
    if (count > 0) log.info("erased people who left", { count });
    return count;
  }

  async function sweepAndGoOn(): Promise<void> {
    await sweep().catch((error: unknown) => log.warn("erasures could not be looked through", { error }));
    if (isRunning) timer = clock.setTimeout(() => void sweepAndGoOn(), pollMs);
  }

  return {
    /** Adds a feature's eraser; called by the composition root before anything starts. */
    register(eraser: Eraser): void {
      if (erasers.some(({ name }) => name === eraser.name)) throw new Error(`two erasers are called ${eraser.name}`);
      erasers.push(eraser);
    },
    /** Lets features take in that an account is closed, without being waited for. What a kill cuts short the next look does. */
    departSoon(accountId: string): void {
      const work = depart(accountId)
        .catch((error: unknown) => log.error("a departure was cut short; trying again", { error }))
        .finally(() => departing.delete(work));
      departing.add(work);
    },
    listNames: () => erasers.map(({ name }) => name),
    sweep,
    start(): void {
      isRunning = true;
      timer = clock.setTimeout(() => void sweepAndGoOn(), pollMs);
    },
    async stop(): Promise<void> {
      isRunning = false;
      isStopped = true;
      await Promise.all(departing);
      if (timer) clock.clearTimeout(timer);
      await lease.release().catch(() => {});
    },
  };
}
