import type { RoomAdvance } from "../events/consumer.ts";
import type { AccountChangePublisher } from "../log/account-change-publisher.ts";
import type { Sql } from "../ports.ts";
import { lockRooms } from "../store-rooms.ts";
import { showSpokenRooms } from "./store-endings.ts";

/**
 * Notifies members who had put a room away that something was said in it; a consumer of rooms. The room shows again without
 * this, in the same instant as the message is stored, because `hidden` is derived; this numbers it in their logs and pushes it.
 */
export class UnhideOnMessage {
  readonly #accountChanges: AccountChangePublisher;

  constructor(deps: { readonly accountChanges: AccountChangePublisher }) {
    this.#accountChanges = deps.accountChanges;
  }

  async take(tx: Sql, advances: readonly RoomAdvance[]): Promise<() => void> {
    const roomIds = advances.map(({ roomId }) => roomId);
    await lockRooms(tx, roomIds);
    const stamps = await this.#accountChanges.stamp(tx, await showSpokenRooms(tx, roomIds));
    return () => void this.#accountChanges.announce(stamps);
  }
}
