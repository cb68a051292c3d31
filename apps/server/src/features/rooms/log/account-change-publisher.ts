import type { AccountPush, RoomSummary } from "@maru/protocol";
import { stampAccountRevs } from "../members/store-members.ts";
import type { Policies } from "../policy.ts";
import type { AccountLogPort, IdentityPort, RoomsDatabase, RoomsLog, Sql } from "../ports.ts";
import { loadProfiles, presentSummary } from "../present.ts";
import { listSummaries, type SummaryRow } from "../store-summaries.ts";
import type { Epochs } from "./epochs.ts";

/** A membership that changed for its owner, with the number of that change in the account's own log. */
export type AccountRevision = { readonly accountId: string; readonly roomId: string; readonly accountRev: number };

export type AccountChangePublisherDeps = {
  readonly db: RoomsDatabase;
  readonly identity: IdentityPort;
  readonly accountLog: AccountLogPort;
  readonly policies: Policies;
  readonly epochs: Epochs;
  readonly log: RoomsLog;
};

/** Numbers changes of memberships in their owners' logs, and presents them. */
export class AccountChangePublisher {
  readonly #deps: AccountChangePublisherDeps;

  constructor(deps: AccountChangePublisherDeps) {
    this.#deps = deps;
  }

  /** Takes a number for each account and writes it to the memberships that changed; the last step of a transaction. */
  async stamp(tx: Sql, changed: readonly { accountId: string; roomId: string }[]): Promise<AccountRevision[]> {
    if (changed.length === 0) return [];
    const revs = await this.#deps.accountLog.take(
      tx,
      changed.map((pair) => pair.accountId),
    );
    const stamps = changed.map((pair) => ({ ...pair, accountRev: revs.get(pair.accountId) ?? 0 }));
    await stampAccountRevs(tx, stamps);
    return stamps;
  }

  /** Pushes `membership.changed` for committed changes, on all nodes. What gets lost, the account log finds. */
  async announce(stamps: readonly AccountRevision[]): Promise<void> {
    if (stamps.length === 0) return;
    const { db, epochs, accountLog, log } = this.#deps;
    try {
      const rows = await listSummaries(db.sql, stamps);
      const rooms = await this.present(rows);
      const numbers = new Map(stamps.map((stamp) => [`${stamp.accountId}${stamp.roomId}`, stamp.accountRev]));
      const pushes = new Map<string, AccountPush[]>();
      for (const [i, { accountId, roomId, accountRev }] of rows.entries()) {
        const room = rooms[i];
        if (room === undefined) continue;
        const push = toPush(room, numbers.get(`${accountId}${roomId}`) ?? accountRev, epochs);
        pushes.set(accountId, [...(pushes.get(accountId) ?? []), push]);
      }
      for (const [accountId, list] of pushes) accountLog.publish(accountId, list);
    } catch (error) {
      log.warn("changes of memberships could not be pushed", { error });
    }
  }

  /** Maps rooms to rows of their members' lists, names included. */
  async present(rows: readonly SummaryRow[]): Promise<RoomSummary[]> {
    const { identity, policies, epochs } = this.#deps;
    const rooms = rows.map(({ facts, members }) => ({ kind: facts.kind, members }));
    const profiles = await loadProfiles(identity, policies, rooms);
    return rows.map((row) => presentSummary(row, policies, profiles, epochs.ofRoom(row.roomEpoch)));
  }
}

/** A membership as it is now, as the push of a numbered change. */
export function toPush(room: RoomSummary, accountRev: number, epochs: Epochs): AccountPush {
  return { push: "membership.changed", accountEpoch: epochs.account, accountRev, room };
}
