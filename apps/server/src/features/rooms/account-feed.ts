import type { Push, RoomSummary } from "@maru/protocol";
import { isOwnNotice } from "./changes.ts";
import type { Epochs } from "./epochs.ts";
import type { Policies } from "./policy.ts";
import type { IdentityPort, RoomsBus, RoomsDatabase, RoomsLog, RoomsSockets, Sql } from "./ports.ts";
import { loadProfiles, presentSummary } from "./present.ts";
import { stampAccountRevs } from "./store-members.ts";
import { listSummaries, type SummaryRow } from "./store-summaries.ts";

const subject = "rooms.accounts";

/** A membership that changed for its owner, with the number of that change in the account's own log. */
export type Stamp = { readonly accountId: string; readonly roomId: string; readonly accountRev: number };

export type AccountFeedDeps = {
  readonly db: RoomsDatabase;
  readonly bus: RoomsBus;
  readonly sockets: RoomsSockets;
  readonly identity: IdentityPort;
  readonly policies: Policies;
  readonly epochs: Epochs;
  readonly log: RoomsLog;
  readonly nodeId: string;
};

/** Numbers changes of memberships in their owners' logs and tells all their devices. */
export class AccountFeed {
  readonly #deps: AccountFeedDeps;
  #end: (() => unknown) | null = null;

  constructor(deps: AccountFeedDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#end = await this.#deps.bus.subscribe(subject, (payload) => this.#receive(payload));
  }

  close(): void {
    this.#end?.();
    this.#end = null;
  }

  /** Takes a number for each account and writes it to the memberships that changed; the last step of a transaction. */
  async stamp(tx: Sql, changed: readonly { accountId: string; roomId: string }[]): Promise<Stamp[]> {
    if (changed.length === 0) return [];
    const accountIds = [...new Set(changed.map((pair) => pair.accountId))].sort();
    const revs = await this.#deps.identity.takeAccountRevs(tx, accountIds);
    const stamps = changed.map((pair) => ({ ...pair, accountRev: revs.get(pair.accountId) ?? 0 }));
    await stampAccountRevs(tx, stamps);
    return stamps;
  }

  /** Pushes `membership.changed` for committed changes. What it cannot read it leaves to the next sync. */
  async announce(stamps: readonly Stamp[]): Promise<void> {
    if (stamps.length === 0) return;
    try {
      const rows = await listSummaries(this.#deps.db.sql, stamps);
      const summaries = await this.present(rows);
      const byKey = new Map(rows.map((row, i) => [`${row.accountId}${row.roomId}`, summaries[i]]));
      for (const { accountId, roomId, accountRev } of stamps) {
        const room = byKey.get(`${accountId}${roomId}`);
        if (room === undefined) continue;
        const accountEpoch = this.#deps.epochs.account;
        this.push(accountId, { push: "membership.changed", accountEpoch, accountRev, room });
      }
    } catch (error) {
      this.#deps.log.warn("changes of memberships could not be pushed", { error: String(error) });
    }
  }

  /** Pushes to all devices of an account on all nodes. */
  push(accountId: string, push: Push): void {
    const { bus, sockets, nodeId } = this.#deps;
    sockets.pushToAccount(accountId, push);
    bus.publish(subject, `${nodeId}\n${accountId}\n${JSON.stringify(push)}`);
  }

  /** Maps rooms to rows of their members' lists, names included. */
  async present(rows: readonly SummaryRow[]): Promise<RoomSummary[]> {
    const { identity, policies, epochs } = this.#deps;
    const profiles = await loadProfiles(identity, policies, rows);
    return rows.map((row) => presentSummary(row, policies, profiles, epochs.ofRoom(row.roomEpoch)));
  }

  #receive(payload: string): void {
    if (isOwnNotice(this.#deps.nodeId, payload)) return;
    const [, accountId = "", json = ""] = payload.split("\n");
    if ([...this.#deps.sockets.connectionsOf(accountId)].length === 0) return;
    // Written by a node of ours of the same version; the schema is the sender's type.
    this.#deps.sockets.pushToAccount(accountId, JSON.parse(json) as Push);
  }
}
