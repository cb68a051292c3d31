import { BatchLoader } from "../../../platform/batch-loader.ts";
import type { AccountChangePublisher } from "../log/account-change-publisher.ts";
import { runWrite } from "../log/retry.ts";
import type { RoomsDatabase, RoomsLog } from "../ports.ts";
import { lockRooms } from "../store-rooms.ts";
import { showSpokenRooms } from "./store-endings.ts";

/**
 * Tells members who had put a room away that something was said in it. The room shows again without this, in the same
 * instant as the message is stored, because `hidden` is derived; this numbers it in their logs and pushes it.
 */
export class UnhideOnMessage {
  readonly #rooms: BatchLoader<string, true>;
  readonly #log: RoomsLog;

  constructor(deps: {
    readonly db: RoomsDatabase;
    readonly accountChanges: AccountChangePublisher;
    readonly log: RoomsLog;
  }) {
    const { db, accountChanges, log } = deps;
    this.#log = log;
    this.#rooms = new BatchLoader(100, async (roomIds) => {
      const stamps = await runWrite(() =>
        db.transaction(async (tx) => {
          await lockRooms(tx, roomIds);
          return accountChanges.stamp(tx, await showSpokenRooms(tx, roomIds));
        }),
      );
      await accountChanges.announce(stamps);
      return new Map();
    });
  }

  notice(roomIds: ReadonlySet<string>): void {
    for (const roomId of roomIds) {
      this.#rooms.load(roomId).catch((error: unknown) => {
        // The next message in the room tries again.
        this.#log.warn("a room that shows again could not be told", { error });
      });
    }
  }
}
