import type { RoomSummary } from "@maru/protocol";
import { fail } from "../../../platform/errors.ts";
import type { AccountChangePublisher } from "../log/account-change-publisher.ts";
import { runWrite } from "../log/retry.ts";
import type { Policies } from "../policy.ts";
import type { RoomsDatabase } from "../ports.ts";
import type { RoomList } from "../room-list.ts";
import { listMemberships, updateListing } from "./store-members.ts";

export type ListingChange = {
  readonly accountId: string;
  readonly roomId: string;
  readonly pinned: boolean | null;
  readonly muted: boolean | null;
  readonly archived: boolean | null;
  readonly markedUnread: boolean | null;
};

export type RoomPreferencesDeps = {
  readonly db: RoomsDatabase;
  readonly accountChanges: AccountChangePublisher;
  readonly policies: Policies;
  readonly list: RoomList;
};

/** How one's own list shows a room: pinned, muted, archived, marked as unread. Nobody else sees it. */
export class RoomPreferences {
  readonly #deps: RoomPreferencesDeps;

  constructor(deps: RoomPreferencesDeps) {
    this.#deps = deps;
  }

  /** Changes what is given and tells the room as it is then; a change of nothing takes no number. */
  async update(change: ListingChange): Promise<RoomSummary> {
    const { db, accountChanges, policies, list } = this.#deps;
    const { accountId, roomId } = change;
    const stamps = await runWrite(() =>
      db.transaction(async (tx) => {
        const membership = (await listMemberships(tx, accountId, [roomId])).get(roomId);
        if (membership === undefined || !policies.can("read", membership.facts)) throw fail("room.not_found");
        const isChanged = await updateListing(tx, change);
        return accountChanges.stamp(tx, isChanged ? [{ accountId, roomId }] : []);
      }),
    );
    void accountChanges.announce(stamps);
    return list.get(accountId, roomId);
  }
}
