import type { Timer } from "@maru/protocol";
import { PeriodicTask } from "../../platform/periodic-task.ts";
import type { PresenceConnection, PresenceDeps } from "./ports.ts";
import { beat, removeDeadNodes, removeNode, type SeenAccount, writeSeen } from "./store.ts";

/** Changes of this node's people are written together, in ms, and the node says as often that it lives. */
const writeEveryMs = 500;
const beatEveryMs = 5_000;
/** Accounts in one statement. */
const batchAccounts = 1_000;

const slotKey = Symbol("presence.device");
type Device = { isAway: boolean };
const deviceOf = (connection: PresenceConnection) => connection.slot<Device>(slotKey, () => ({ isAway: false }));

/** How an account is seen from here; `goneAt` since when it has no connection, in monotonic ms. */
type Own = { isAway: boolean; goneAt: number | null };

/**
 * The people who are connected to this node, and what the database knows of them. Written on change only: an hour in which
 * nobody comes or goes costs a beat every five seconds. Whoever comes back soon never was away.
 */
export class OwnAccounts {
  readonly #deps: PresenceDeps;
  readonly #notify: (accountIds: readonly string[]) => void;
  readonly #own = new Map<string, Own>();
  readonly #dirty = new Set<string>();
  readonly #goneTimers = new Map<string, Timer>();
  #writeTimer: Timer | null = null;
  readonly #beating: PeriodicTask;
  #isWriting = false;
  #isStopped = false;

  /** `notify` gets the accounts whose presence was written. */
  constructor(deps: PresenceDeps, notify: (accountIds: readonly string[]) => void) {
    this.#deps = deps;
    this.#notify = notify;
    this.#beating = new PeriodicTask(
      deps.clock,
      beatEveryMs,
      () => this.#beat(),
      (error) => deps.log.warn("The node could not say that it lives.", { error }),
    );
  }

  async start(): Promise<void> {
    await beat(this.#deps.db.sql, this.#deps.nodeId);
    this.#beating.start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const { clock, db, nodeId } = this.#deps;
    for (const timer of [this.#writeTimer, ...this.#goneTimers.values()]) if (timer !== null) clock.clearTimeout(timer);
    await this.#beating.stop();
    await db.transaction((tx) => removeNode(tx, nodeId));
  }

  connected(connection: PresenceConnection): void {
    this.#look(connection.accountId);
  }

  closed(accountId: string): void {
    this.#look(accountId);
  }

  set(connection: PresenceConnection, isAway: boolean): void {
    deviceOf(connection).isAway = isAway;
    this.#look(connection.accountId);
  }

  /** Whether a device of an account is in use here just now. */
  isInUse(accountId: string): boolean {
    const own = this.#own.get(accountId);
    return own !== undefined && own.goneAt === null && !own.isAway;
  }

  /** Works out how an account is seen from its connections here. */
  #look(accountId: string): void {
    const { clock, sockets, limits } = this.#deps;
    const own = this.#own.get(accountId);
    let isHere = false;
    let isAway = true;
    for (const connection of sockets.connectionsOf(accountId)) {
      isHere = true;
      isAway &&= deviceOf(connection).isAway;
    }
    if (isHere) {
      const gone = this.#goneTimers.get(accountId);
      if (gone) clock.clearTimeout(gone);
      this.#goneTimers.delete(accountId);
      if (own?.isAway === isAway) {
        own.goneAt = null;
        return;
      }
      this.#own.set(accountId, { isAway, goneAt: null });
      this.#mark(accountId);
    } else if (own && own.goneAt === null) {
      own.goneAt = clock.monotonic();
      this.#goneTimers.set(
        accountId,
        clock.setTimeout(() => {
          this.#goneTimers.delete(accountId);
          this.#mark(accountId);
        }, limits.offlineAfterMs),
      );
    }
  }

  #mark(accountId: string): void {
    this.#dirty.add(accountId);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isStopped) return;
    // re-arms: only while somebody waits to be written
    this.#writeTimer ??= this.#deps.clock.setTimeout(() => {
      this.#writeTimer = null;
      // Who is there can wait until the node has time for it.
      if (this.#deps.isBusy() || this.#isWriting) this.#schedule();
      else void this.#writeAll();
    }, writeEveryMs);
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    const changed = [...this.#dirty].slice(0, batchAccounts).sort();
    for (const accountId of changed) this.#dirty.delete(accountId);
    const seen: SeenAccount[] = [];
    const goneIds: string[] = [];
    const offlineBefore = this.#deps.clock.monotonic() - this.#deps.limits.offlineAfterMs;
    for (const accountId of changed) {
      const own = this.#own.get(accountId);
      if (own && (own.goneAt === null || own.goneAt > offlineBefore)) seen.push({ accountId, isAway: own.isAway });
      else goneIds.push(accountId);
    }
    try {
      await this.#deps.db.transaction((tx) => writeSeen(tx, this.#deps.nodeId, seen, goneIds));
      for (const accountId of goneIds) if (this.#own.get(accountId)?.goneAt !== null) this.#own.delete(accountId);
      this.#notify(changed);
    } catch (error) {
      this.#deps.log.warn("Who is here could not be written and is tried again.", { error });
      for (const accountId of changed) this.#dirty.add(accountId);
    }
    this.#isWriting = false;
    if (this.#dirty.size > 0) this.#schedule();
  }

  /** A node that was given up while it slept says everything again. */
  async #beat(): Promise<void> {
    const { db, nodeId } = this.#deps;
    const wasKnown = await beat(db.sql, nodeId);
    if (!wasKnown) for (const accountId of this.#own.keys()) this.#mark(accountId);
    await removeDeadNodes(db.sql);
  }
}
