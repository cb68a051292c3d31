import { type Clock, limits } from "@maru/protocol";
import type { Database } from "../../../platform/db/database.ts";
import type { Log } from "../../../platform/log.ts";
import { PeriodicTask } from "../../../platform/periodic-task.ts";
import { createListeners } from "../listeners.ts";
import { insertRevocation, listRecentRevocations, type RevocationRow } from "./store-revocations.ts";

/** Time between two looks at what other nodes revoked. */
const pollMs = 500;
/** Looks overlap by this much: numbers are taken before commit, so a lower one may appear after a higher one. */
const overlapMs = 30_000;
/** After this a revoked session's last access token has expired, and nothing need be remembered. */
const rememberMs = limits.accessTokenMs + 60_000;

/** A right that ended; notified on every node, within a second, once per node. */
export type Revoked = Omit<RevocationRow, "serial">;

export type Revocations = ReturnType<typeof createRevocations>;

/**
 * Knows which access tokens must be refused although they have not expired.
 *
 * The table is the truth; each node keeps what was revoked within a token's life in memory and looks for more every
 * {@link pollMs}. A revocation made here takes effect here at once, elsewhere with the next look.
 */
export function createRevocations(deps: { readonly db: Database; readonly clock: Clock; readonly log: Log }) {
  const { db, clock, log } = deps;
  const listeners = createListeners<Revoked>(log, "revocations");
  /** When what was seen may be forgotten, by the monotonic clock. */
  const seenSerials = new Map<string, number>();
  const sessions = new Map<string, number>();
  const accounts = new Map<string, number>();
  let lastLook: { monotonic: number; wall: number } | null = null;
  let isFailing = false;

  function apply(row: RevocationRow): void {
    if (seenSerials.has(row.serial)) return;
    const forgetAt = clock.monotonic() + rememberMs;
    seenSerials.set(row.serial, forgetAt + overlapMs);
    if (row.kind === "session" && row.sessionId) sessions.set(row.sessionId, forgetAt);
    // Of who has left, each session is revoked by itself.
    if (row.kind === "account" && row.reason !== "gone") accounts.set(row.accountId, forgetAt);
    if (row.kind === "account_restored") accounts.delete(row.accountId);
    const { serial: _serial, ...event } = row;
    listeners.emit(event);
  }

  function forget(): void {
    const now = clock.monotonic();
    for (const memory of [seenSerials, sessions, accounts]) {
      for (const [key, forgetAt] of memory) if (forgetAt <= now) memory.delete(key);
    }
  }

  /** Looks once; throws when the database cannot be read. */
  async function look(): Promise<void> {
    const startedAt = { monotonic: clock.monotonic(), wall: clock.now() };
    // Both clocks: the monotonic one may stand still while the machine sleeps, the wall may jump back.
    const since = lastLook
      ? Math.max(startedAt.monotonic - lastLook.monotonic, startedAt.wall - lastLook.wall) + overlapMs
      : rememberMs;
    const rows = await listRecentRevocations(db.sql, Math.min(Math.max(since, overlapMs), rememberMs));
    lastLook = startedAt;
    for (const row of rows) apply(row);
    forget();
  }

  async function lookAgain(): Promise<void> {
    await look();
    if (isFailing) log.info("revocations are read again");
    isFailing = false;
  }

  const looking = new PeriodicTask(clock, pollMs, lookAgain, (error) => {
    if (!isFailing) log.warn("revocations cannot be read; trying again", { error });
    isFailing = true;
  });

  return {
    /** Writes revocations, but for closed accounts, with the caller's transaction; {@link announce} them once it has committed. */
    async record(tx: Bun.SQL, revoked: readonly Revoked[]): Promise<RevocationRow[]> {
      const rows: RevocationRow[] = [];
      for (const entry of revoked) {
        const row = await insertRevocation(tx, entry);
        if (row) rows.push(row);
      }
      return rows;
    },

    /** Makes committed revocations effective on this node at once. */
    announce(rows: readonly RevocationRow[]): void {
      for (const row of rows) apply(row);
    },

    /** Why a token of this account and session is refused, or null. */
    findRefusal(right: { accountId: string; sessionId: string }): "account.suspended" | "auth.revoked" | null {
      if (accounts.has(right.accountId)) return "account.suspended";
      return sessions.has(right.sessionId) ? "auth.revoked" : null;
    },

    onRevoked: listeners.add,

    /** Reads what is in force, then keeps looking. Resolves when tokens revoked before are refused. */
    async start(): Promise<void> {
      await look();
      looking.start();
    },

    stop: (): Promise<void> => looking.stop(),

    /** How much is held in memory, for metrics and tests. */
    countRemembered: () => seenSerials.size + sessions.size + accounts.size,
  };
}
