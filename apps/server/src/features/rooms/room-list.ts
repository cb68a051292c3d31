import type { RoomSummary } from "@maru/protocol";
import { fail } from "../../platform/errors.ts";
import type { AccountChangePublisher } from "./log/account-change-publisher.ts";
import type { Policies } from "./policy.ts";
import type { RoomsDatabase } from "./ports.ts";
import { type ListPlace, listRoomPage, listSummaries, type SummaryRow } from "./store-summaries.ts";

export type RoomPage = { rooms: RoomSummary[]; nextCursor?: string };

/** The rooms of one account, as its list shows them. */
export class RoomList {
  readonly #db: RoomsDatabase;
  readonly #accountChanges: AccountChangePublisher;
  readonly #policies: Policies;

  constructor(deps: {
    readonly db: RoomsDatabase;
    readonly accountChanges: AccountChangePublisher;
    readonly policies: Policies;
  }) {
    this.#db = deps.db;
    this.#accountChanges = deps.accountChanges;
    this.#policies = deps.policies;
  }

  /** Reads a page; `nextCursor` is there while more may follow. A room that moves between two pages may come twice. */
  async list(input: {
    accountId: string;
    cursor: string | undefined;
    archived: boolean;
    limit: number;
  }): Promise<RoomPage> {
    const after = input.cursor === undefined ? null : readCursor(input.cursor);
    const { readable } = this.#policies;
    const rows = await listRoomPage(this.#db.sql, { ...input, after, readable, limit: input.limit + 1 });
    const page = rows.slice(0, input.limit);
    const last = page[page.length - 1];
    const rooms = await this.#accountChanges.present(page);
    return rows.length > input.limit && last ? { rooms, nextCursor: writeCursor(last) } : { rooms };
  }

  /** Reads one room that the account may read; throws `room.not_found` otherwise. */
  async get(accountId: string, roomId: string): Promise<RoomSummary> {
    const [row] = await listSummaries(this.#db.sql, [{ accountId, roomId }]);
    if (row === undefined || !this.#canRead(row)) throw fail("room.not_found");
    return this.#present(row);
  }

  /** Reads one's own membership, also of a room that one has left; throws `room.not_found` where there never was one. */
  async getOwn(accountId: string, roomId: string): Promise<RoomSummary> {
    const [row] = await listSummaries(this.#db.sql, [{ accountId, roomId }]);
    if (row === undefined) throw fail("room.not_found");
    return this.#present(row);
  }

  async #present(row: SummaryRow): Promise<RoomSummary> {
    const [summary] = await this.#accountChanges.present([row]);
    if (summary === undefined) throw new Error("a summary was not presented");
    return summary;
  }

  #canRead(row: SummaryRow): boolean {
    return this.#policies.can("read", row.facts);
  }
}

function writeCursor(row: SummaryRow): string {
  const unread = row.lastOrd > row.readOrd || row.markedUnread;
  const fields = [row.pinned ? 1 : 0, unread ? 1 : 0, row.activeAt.getTime(), row.roomId];
  return Buffer.from(fields.join(".")).toString("base64url");
}

function readCursor(cursor: string): ListPlace {
  const match = /^([01])\.([01])\.(\d{1,15})\.([0-9a-f]{32})$/.exec(Buffer.from(cursor, "base64url").toString());
  const [, pinned, unread, activeMs, roomId] = match ?? [];
  if (roomId === undefined) throw fail("request.invalid", undefined, { fields: [{ path: "cursor", code: "invalid" }] });
  return { pinned: pinned === "1", unread: unread === "1", activeMs: Number(activeMs), roomId };
}
