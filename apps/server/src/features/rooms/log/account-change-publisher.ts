import type { Clock, Push, RoomSummary } from "@maru/protocol";
import { PeriodicTask } from "../../../platform/periodic-task.ts";
import { stampAccountRevs } from "../members/store-members.ts";
import type { Policies } from "../policy.ts";
import type { IdentityPort, RoomsBus, RoomsDatabase, RoomsLog, RoomsSockets, Sql } from "../ports.ts";
import { loadProfiles, presentSummary } from "../present.ts";
import { listSummaries, listSummariesSince, type SummaryRow } from "../store-summaries.ts";
import { isOwnNotice } from "./changes.ts";
import type { Epochs } from "./epochs.ts";

const subject = "rooms.accounts";

/** A membership that changed for its owner, with the number of that change in the account's own log. */
export type AccountRevision = { readonly accountId: string; readonly roomId: string; readonly accountRev: number };

type Change = Push<"membership.changed">;

export type AccountChangePublisherDeps = {
  readonly clock: Clock;
  readonly db: RoomsDatabase;
  readonly bus: RoomsBus;
  readonly sockets: RoomsSockets;
  readonly identity: IdentityPort;
  readonly policies: Policies;
  readonly epochs: Epochs;
  readonly log: RoomsLog;
  readonly nodeId: string;
  /** Hears each change of a membership that was pushed to its owner's devices on this node. */
  onPushed(accountId: string, room: RoomSummary): void;
};

/** How often the logs of connected accounts are compared with the database, in ms, and how many in one question. */
const compareEveryMs = 5_000;
const batchAccounts = 2_000;

/** Numbers changes of memberships in their owners' logs and pushes them to all their devices. */
export class AccountChangePublisher {
  readonly #deps: AccountChangePublisherDeps;
  /** Up to which rev the devices of an account on this node were pushed to without a gap, since one of them synced. */
  readonly #pushedRevs = new Map<string, number>();
  #end: (() => unknown) | null = null;
  readonly #comparing: PeriodicTask;

  constructor(deps: AccountChangePublisherDeps) {
    this.#deps = deps;
    this.#comparing = new PeriodicTask(
      deps.clock,
      compareEveryMs,
      async () => void this.compare(),
      (error) => deps.log.warn("logs of accounts could not be compared", { error }),
    );
  }

  async start(): Promise<void> {
    this.#end = await this.#deps.bus.subscribe(subject, (payload) => this.#receive(payload));
    this.#deps.bus.onReconnect(() => void this.compare());
    this.#comparing.start();
  }

  close(): void {
    this.#end?.();
    this.#end = null;
    void this.#comparing.stop();
  }

  /** Takes a number for each account and writes it to the memberships that changed; the last step of a transaction. */
  async stamp(tx: Sql, changed: readonly { accountId: string; roomId: string }[]): Promise<AccountRevision[]> {
    if (changed.length === 0) return [];
    const accountIds = [...new Set(changed.map((pair) => pair.accountId))].sort();
    const revs = await this.#deps.identity.takeAccountRevs(tx, accountIds);
    const stamps = changed.map((pair) => ({ ...pair, accountRev: revs.get(pair.accountId) ?? 0 }));
    await stampAccountRevs(tx, stamps);
    return stamps;
  }

  /** Pushes `membership.changed` for committed changes, on all nodes. What gets lost is found by the comparison. */
  async announce(stamps: readonly AccountRevision[]): Promise<void> {
    if (stamps.length === 0) return;
    const { db, bus, nodeId, log } = this.#deps;
    try {
      const rows = await listSummaries(db.sql, stamps);
      const numbers = new Map(stamps.map((stamp) => [`${stamp.accountId}${stamp.roomId}`, stamp.accountRev]));
      const pushes = await this.#write(rows, (row) => numbers.get(`${row.accountId}${row.roomId}`) ?? row.accountRev);
      for (const [accountId, list] of pushes) {
        this.#deliver(accountId, list);
        bus.publish(subject, `${nodeId}\n${accountId}\n${JSON.stringify(list)}`);
      }
    } catch (error) {
      log.warn("changes of memberships could not be pushed", { error });
    }
  }

  /** Maps rooms to rows of their members' lists, names included. */
  async present(rows: readonly SummaryRow[]): Promise<RoomSummary[]> {
    const { identity, policies, epochs } = this.#deps;
    const profiles = await loadProfiles(identity, policies, rows);
    return rows.map((row) => presentSummary(row, policies, profiles, epochs.ofRoom(row.roomEpoch)));
  }

  /** Hears that a device of an account on this node knows its log up to a rev. */
  synced(accountId: string, rev: number): void {
    if (!this.#pushedRevs.has(accountId)) this.#pushedRevs.set(accountId, rev);
  }

  /** Compares the logs of connected accounts with the database, and tells their devices here what got lost on the way. */
  async compare(): Promise<void> {
    const { db, identity, log } = this.#deps;
    try {
      const connected = [...this.#pushedRevs.keys()].filter((accountId) => this.#isHere(accountId));
      for (let i = 0; i < connected.length; i += batchAccounts) {
        const stored = await identity.listAccountRevs(db.sql, connected.slice(i, i + batchAccounts));
        const behind = [...stored].filter(([accountId, rev]) => rev > (this.#pushedRevs.get(accountId) ?? rev));
        if (behind.length === 0) continue;
        const positions = behind.map(([accountId]) => ({ accountId, rev: this.#pushedRevs.get(accountId) ?? 0 }));
        const pushes = await this.#write(await listSummariesSince(db.sql, positions), (row) => row.accountRev);
        for (const [accountId, list] of pushes) this.#deliver(accountId, list);
        for (const [accountId, rev] of behind)
          this.#pushedRevs.set(accountId, Math.max(rev, this.#pushedRevs.get(accountId) ?? 0));
      }
    } catch (error) {
      log.warn("logs of accounts could not be compared", { error });
    }
  }

  async #write(rows: readonly SummaryRow[], revOf: (row: SummaryRow) => number): Promise<Map<string, Change[]>> {
    const summaries = await this.present(rows);
    const pushes = new Map<string, Change[]>();
    for (const [i, row] of rows.entries()) {
      const room = summaries[i];
      if (room === undefined) continue;
      const accountEpoch = this.#deps.epochs.account;
      const push = { push: "membership.changed", accountEpoch, accountRev: revOf(row), room } as const;
      pushes.set(row.accountId, [...(pushes.get(row.accountId) ?? []), push]);
    }
    return pushes;
  }

  #deliver(accountId: string, pushes: readonly Change[]): void {
    const pushedRev = this.#pushedRevs.get(accountId);
    if (pushedRev !== undefined && pushes.some((push) => push.accountRev === pushedRev + 1))
      this.#pushedRevs.set(accountId, pushedRev + 1);
    for (const push of pushes) {
      this.#deps.sockets.pushToAccount(accountId, push);
      this.#deps.onPushed(accountId, push.room);
    }
  }

  #receive(payload: string): void {
    if (isOwnNotice(this.#deps.nodeId, payload)) return;
    const [, accountId = "", json = "[]"] = payload.split("\n");
    // Written by a node of ours of the same version; the schema is the sender's type.
    if (this.#isHere(accountId)) this.#deliver(accountId, JSON.parse(json) as Change[]);
  }

  #isHere(accountId: string): boolean {
    for (const _ of this.#deps.sockets.connectionsOf(accountId)) return true;
    this.#pushedRevs.delete(accountId);
    return false;
  }
}
