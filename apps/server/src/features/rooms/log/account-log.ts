import { type CommandInput, type CommandOutput, fromWireId, type MatchState, toWireId } from "@maru/protocol";
import type { IdentityPort, MatchStateSource, RoomsDatabase } from "../ports.ts";
import type { RoomList } from "../room-list.ts";
import {
  type ChangedSummaries,
  listChangedSummaries,
  type SummaryPosition,
  type SummaryRow,
} from "../store-summaries.ts";
import type { AccountChangePublisher } from "./account-change-publisher.ts";
import { BatchLoader } from "../../../platform/batch-loader.ts";
import { type CatchUps, uniquePositions } from "./catch-up.ts";
import type { Epochs } from "./epochs.ts";

/** Accounts that the database is asked about at once: ten thousand who come back do not ask one by one. */
const batchAccounts = 200;
/** Rooms told one by one before the answer is a fresh list. */
const maxChanged = 200;
/** Rooms in the fresh first page of a reset. */
const resetRooms = 30;

export type AccountLogDeps = {
  readonly db: RoomsDatabase;
  readonly identity: IdentityPort;
  readonly epochs: Epochs;
  readonly accountChanges: AccountChangePublisher;
  readonly list: RoomList;
  readonly catchUps: CatchUps;
};

/** Tells a client that was away what changed for its account, and in the rooms it holds. */
export class AccountLog {
  readonly #deps: AccountLogDeps;
  readonly #revs: BatchLoader<string, number>;
  readonly #changed: BatchLoader<SummaryPosition, ChangedSummaries>;
  #matchStates: MatchStateSource = async () => new Map();
  readonly #matches: BatchLoader<string, MatchState>;

  constructor(deps: AccountLogDeps) {
    this.#deps = deps;
    this.#revs = new BatchLoader(batchAccounts, (accountIds) => deps.identity.listAccountRevs(deps.db.sql, accountIds));
    this.#matches = new BatchLoader(batchAccounts, (accountIds) => this.#matchStates(accountIds));
    this.#changed = new BatchLoader(batchAccounts, (positions) => listChangedSummaries(deps.db.sql, positions));
  }

  provideMatchState(source: MatchStateSource): void {
    this.#matchStates = source;
  }

  /**
   * Answers `account.sync`. The account's rev is read before the rooms, so they are at least as new as it says; pushes
   * of what came in between only repeat. What the account lost the right to see comes as a left membership or not at all.
   */
  async sync(accountId: string, input: CommandInput<"account.sync">): Promise<CommandOutput<"account.sync">> {
    const epoch = this.#deps.epochs.account;
    const toRev = (await this.#revs.load(accountId)) ?? 0;
    const held = input.account;
    const isKnown = held !== undefined && held.epoch === epoch && held.rev <= toRev;
    const [changed, caughtUp, match] = await Promise.all([
      this.#changed.load({
        accountId,
        accountRev: held?.rev ?? 0,
        headsSince: readHeads(held?.heads),
        limit: isKnown ? maxChanged : 0,
      }),
      this.#catchUp(accountId, input.rooms),
      this.#loadMatch(accountId),
    ]);
    if (changed === undefined) throw new Error("an account was asked about and left out of the answer");
    this.#deps.accountChanges.synced(accountId, toRev);
    const rooms =
      isKnown && changed.rooms !== null ? { reset: false, rooms: await this.#present(changed.rooms) } : null;
    const fresh = rooms ?? { reset: true, ...(await this.#deps.list.list({ ...firstPage, accountId })) };
    return { epoch, toRev, heads: changed.heads, ...fresh, ...caughtUp, match };
  }

  #present(rows: readonly SummaryRow[]) {
    return this.#deps.accountChanges.present(rows);
  }

  async #catchUp(accountId: string, rooms: CommandInput<"account.sync">["rooms"]) {
    const { catchUps } = this.#deps;
    const positions = uniquePositions(rooms.map((room) => ({ ...room, roomId: fromWireId(room.roomId) })));
    const roomIds = positions.map((position) => position.roomId);
    const readable = await catchUps.listReadable(accountId, roomIds);
    const loaded = await catchUps.load(accountId, positions, readable);
    const gone = roomIds.filter((roomId) => !readable.has(roomId));
    return { catchUps: loaded, goneRoomIds: gone.map((roomId) => toWireId("room", roomId)) };
  }

  async #loadMatch(accountId: string): Promise<MatchState> {
    return (await this.#matches.load(accountId)) ?? { state: "idle", reason: "none" };
  }
}

const firstPage = { cursor: undefined, archived: false, limit: resetRooms };

/** Takes the token of an earlier answer; anything else means that all rooms are to be told. */
function readHeads(heads: string | undefined): string | null {
  return heads !== undefined && /^\d{1,19}$/.test(heads) ? heads : null;
}
