import { type CommandInput, fromWireId, type SyncHeld, type SyncPart, toWireId } from "@maru/protocol";
import type { AccountContributor } from "../../../platform/account-log/contributor.ts";
import { BatchLoader } from "../../../platform/batch-loader.ts";
import type { Policies } from "../policy.ts";
import type { RoomsDatabase } from "../ports.ts";
import type { RoomList } from "../room-list.ts";
import {
  type ChangedSummaries,
  everyHead,
  listChangedSummaries,
  noHead,
  type SummaryPosition,
} from "../store-summaries.ts";
import { type AccountChangePublisher, toPush } from "./account-change-publisher.ts";
import { type CatchUps, uniquePositions } from "./catch-up.ts";
import type { Epochs } from "./epochs.ts";

/** Accounts that the database is asked about at once: ten thousand who come back do not ask one by one. */
const batchAccounts = 200;
/** Rooms told one by one before the answer is a fresh list. */
const maxChanged = 200;
/** Rooms in the fresh first page of a reset. */
const firstPage = { cursor: undefined, archived: false, limit: 30 };
/** What the room list is held as; its `since` tells how far the heads of its rooms are known. */
const listId = "list";

export type AccountContributorDeps = {
  readonly db: RoomsDatabase;
  readonly epochs: Epochs;
  readonly accountChanges: AccountChangePublisher;
  readonly policies: Policies;
  readonly list: RoomList;
  readonly catchUps: CatchUps;
};

/**
 * Contributes the room list to the account log: memberships by their account revs, and rooms in which something was said.
 * What the account lost the right to see comes as a left membership or not at all.
 */
export function createRoomsContributor(deps: AccountContributorDeps): AccountContributor<"rooms"> {
  const changes = new BatchLoader<SummaryPosition, ChangedSummaries>(batchAccounts, (positions) =>
    listChangedSummaries(deps.db.sql, positions, deps.policies.readable),
  );

  async function readChanges(position: SummaryPosition): Promise<ChangedSummaries> {
    const found = await changes.load(position);
    if (found === undefined) throw new Error("an account was asked about and left out of the answer");
    return found;
  }

  /** The heads are read before the list, so that it is at least as new as they say. */
  async function readAfresh(accountId: string, since: string): Promise<SyncPart<"rooms">> {
    return { reset: true, since, ...(await deps.list.list({ ...firstPage, accountId })) };
  }

  return {
    name: "rooms",

    async changesSince({ accountId, rev, held }) {
      // Heads reach connected devices by their watches, not by the account log.
      const asked =
        held === null
          ? { headsSince: noHead, limit: Number.POSITIVE_INFINITY }
          : { headsSince: readHeads(held), limit: maxChanged };
      const { rooms, heads } = await readChanges({ accountId, accountRev: rev, ...asked });
      if (rooms === null) return readAfresh(accountId, heads);
      return { reset: false, since: heads, rooms: await deps.accountChanges.present(rooms) };
    },

    async snapshot(accountId) {
      const { heads } = await readChanges({ accountId, accountRev: 0, headsSince: everyHead, limit: 0 });
      return readAfresh(accountId, heads);
    },

    toPushes: ({ rooms }) => rooms.map((room) => toPush(room, room.accountRev, deps.epochs)),

    older: {
      readHeld: ({ account }) => (account?.heads === undefined ? [] : [{ id: listId, since: account.heads }]),
      async present({ reset, since, rooms, nextCursor }, accountId, input) {
        const caughtUp = await catchUp(deps.catchUps, accountId, input.rooms);
        return { heads: since, reset, rooms, ...(nextCursor === undefined ? {} : { nextCursor }), ...caughtUp };
      },
    },
  };
}

/** Answers room positions in `account.sync`, as clients of before may give them there; others give them to `room.watch`. */
async function catchUp(catchUps: CatchUps, accountId: string, rooms: CommandInput<"account.sync">["rooms"]) {
  const positions = uniquePositions(rooms.map((room) => ({ ...room, roomId: fromWireId(room.roomId) })));
  const roomIds = positions.map((position) => position.roomId);
  const readable = await catchUps.listReadable(accountId, roomIds);
  const loaded = await catchUps.load(accountId, positions, readable);
  const gone = roomIds.filter((roomId) => !readable.has(roomId));
  return { catchUps: loaded, goneRoomIds: gone.map((roomId) => toWireId("room", roomId)) };
}

/** Takes the word of an earlier answer; anything else means that all rooms are to be told. */
function readHeads(held: readonly SyncHeld[]): string {
  const since = held.find(({ id }) => id === listId)?.since ?? "";
  return /^\d{1,19}$/.test(since) ? since : everyHead;
}
