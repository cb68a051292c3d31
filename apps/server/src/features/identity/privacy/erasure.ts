import type { Clock } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import { type Job, JobLost, type JobOutcome } from "../../../platform/jobs/job.ts";
import type { Jobs } from "../../../platform/jobs/jobs.ts";
import type { Log } from "../../../platform/log.ts";
import { eraseAccount, listDueLeavings, listUnnotified, markNotified } from "./store-leavings.ts";

const everyMs = 60_000;
/** Long enough for a feature's eraser, which is cut short by the drain and not by the lease. */
const leaseMs = 120_000;
const batchSize = 20;
/** Departures taken in at once. */
const laneCount = 4;
/** Failures after which a round ends: it is not the people then. */
const maxFailures = 200;

/** What a person chose about their messages. */
export type ErasureWish = { readonly messages: "keep" | "remove" };

/**
 * Takes away what a feature holds on an account that is gone. Called again when another feature's eraser failed, so doing
 * it twice must change nothing.
 */
export type Eraser = {
  readonly name: string;
  /**
   * Takes in that the account is closed, rather than after the grace time: a bounded part of it, and returns whether more is
   * left. Whoever calls again goes on, also after a kill.
   */
  readonly depart?: (accountId: string) => Promise<"more" | "done">;
  readonly erase: (accountId: string, wish: ErasureWish) => Promise<void>;
};

/** Returns all that a feature holds on an account, as JSON that its owner can read. */
export type Exporter = { readonly name: string; readonly export: (accountId: string) => Promise<unknown> };

/**
 * Erases people who left, once their grace time is over: each feature first, the account last. Two jobs of the whole
 * installation: one lets features take in that an account is closed, the other erases who is due. Who is owed what stands
 * in the leavings; under the fence of its job each of them is marked as notified, or gone, once.
 */
export function createErasure(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly jobs: Pick<Jobs, "register">;
}) {
  const { db, clock, log, jobs } = deps;
  const erasers: Eraser[] = [];

  const departures = jobs.register({ name: "identity.departures", everyMs, leaseMs, run: departAll });
  const erasures = jobs.register({ name: "identity.erasures", everyMs, leaseMs, run: eraseAll });

  /** Lets every feature take in a bounded part, one feature after the other. */
  async function departPart(accountId: string): Promise<"more" | "done"> {
    for (const { depart } of erasers) if ((await depart?.(accountId)) === "more") return "more";
    return "done";
  }

  /** Goes round part by part, so that nobody waits behind somebody with thousands of rooms. */
  async function departAll(job: Job): Promise<JobOutcome> {
    const failed = new Set<string>();
    async function departOne(accountId: string): Promise<void> {
      try {
        if ((await departPart(accountId)) === "more") return;
        await db.transaction(async (tx) => {
          await job.fence(tx);
          await markNotified(tx, accountId, new Date(clock.now()));
        });
      } catch (error) {
        if (error instanceof JobLost) throw error;
        log.error("a feature did not take in that a person left; trying again", { error });
        failed.add(accountId);
      }
    }
    while (!job.isStopping && failed.size < maxFailures) {
      const unnotified = (await listUnnotified(db.sql, { limit: batchSize, except: [...failed] })).values();
      let count = 0;
      const lane = async () => {
        for (const accountId of unnotified) {
          count++;
          await departOne(accountId);
        }
      };
      await Promise.all(Array.from({ length: laneCount }, lane));
      if (count === 0) break;
    }
    if (failed.size > 0) return "retry";
  }

  async function eraseOne(job: Job, accountId: string, wish: ErasureWish): Promise<boolean> {
    for (const eraser of erasers) {
      try {
        await eraser.erase(accountId, wish);
      } catch (error) {
        log.error("a person could not be erased; trying again", { feature: eraser.name, accountId, error });
        return false;
      }
    }
    await db.transaction(async (tx) => {
      await job.fence(tx);
      await eraseAccount(tx, accountId);
    });
    return true;
  }

  async function eraseAll(job: Job): Promise<JobOutcome> {
    const failed: string[] = [];
    let count = 0;
    while (!job.isStopping && failed.length < maxFailures) {
      const now = new Date(clock.now());
      const due = await listDueLeavings(db.sql, now, { limit: batchSize, except: failed });
      for (const { accountId, messages } of due) {
        if (job.isStopping) break;
        if (await eraseOne(job, accountId, { messages })) count++;
        else failed.push(accountId);
      }
      if (due.length === 0) break;
    }
    if (count > 0) log.info("erased people who left", { count });
    if (failed.length > 0) return "retry";
  }

  return {
    /** Adds a feature's eraser; called by the composition root before anything starts. */
    register(eraser: Eraser): void {
      if (erasers.some(({ name }) => name === eraser.name)) throw new Error(`two erasers are called ${eraser.name}`);
      erasers.push(eraser);
    },
    /** Lets features take in that an account is closed, without being waited for. What a kill cuts short the next look does. */
    departSoon(): void {
      departures.request().catch((error: unknown) => log.warn("a departure waits for the next look", { error }));
    },
    listNames: () => erasers.map(({ name }) => name),
    /** Does now what is due. */
    async runNow(): Promise<void> {
      await departures.runNow();
      await erasures.runNow();
    },
  };
}
