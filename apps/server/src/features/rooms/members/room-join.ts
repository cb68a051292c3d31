import { fail } from "../../../platform/errors.ts";
import type { AccountChangePublisher } from "../log/account-change-publisher.ts";
import type { RoomChanges } from "../log/changes.ts";
import type { Epochs } from "../log/epochs.ts";
import { runWrite } from "../log/retry.ts";
import { writeMember } from "../log/written-changes.ts";
import type { Policies } from "../policy.ts";
import type { IdentityPort, RoomsDatabase } from "../ports.ts";
import { loadProfiles, presentMember } from "../present.ts";
import { lockRooms } from "../store-rooms.ts";
import { writeSystemLine } from "../system-lines.ts";
import { updateRoom } from "./store-endings.ts";
import { insertJoiningMember } from "./store-joining.ts";
import { findMember } from "./store-members.ts";

export type RoomJoinDeps = {
  readonly db: RoomsDatabase;
  readonly identity: IdentityPort;
  readonly policies: Policies;
  readonly epochs: Epochs;
  readonly accountChanges: AccountChangePublisher;
  readonly newId: () => string;
  announce(list: readonly RoomChanges[]): void;
};

export type Joiner = {
  readonly accountId: string;
  readonly roomId: string;
  /** The name in rooms that hide profiles. */
  readonly alias?: { readonly adjective: number; readonly noun: number };
};

/** How people enter a room that is there already. Whether they may is decided by whoever calls. */
export class RoomJoin {
  readonly #deps: RoomJoinDeps;

  constructor(deps: RoomJoinDeps) {
    this.#deps = deps;
  }

  /** Makes an account a member; again changes nothing. Throws `room.not_found` or `room.closed`. */
  async join(joiner: Joiner): Promise<void> {
    const joined = await runWrite(() => this.#deps.db.transaction((tx) => this.#write(tx, joiner)));
    if (joined === null) return;
    const { policies, identity, epochs, accountChanges } = this.#deps;
    const { room, member, line, stamps } = joined;
    const profiles = await loadProfiles(identity, policies, [{ kind: room.kind, members: [member] }]).catch(
      () => new Map(),
    );
    const json = JSON.stringify(presentMember(member, policies.showsAlias(room.kind), profiles));
    const changes = [writeMember(member, "member.joined", json), line.change];
    this.#deps.announce([{ roomId: room.id, epoch: epochs.ofRoom(room.epoch), changes }]);
    await accountChanges.announce(stamps);
  }

  async #write(tx: Bun.SQL, { accountId, roomId, alias = undefined }: Joiner) {
    const [room] = await lockRooms(tx, [roomId]);
    if (room === undefined) throw fail("room.not_found");
    if (room.state === "closed") throw fail("room.closed");
    if ((await this.#deps.identity.lockLiving(tx, [accountId])).size === 0) throw fail("room.not_found");
    const memberId = await insertJoiningMember(tx, {
      id: this.#deps.newId(),
      roomId,
      accountId,
      alias: alias ?? null,
      rev: room.rev + 1,
      readSeq: room.lastSeq + 1,
      readOrd: room.lastOrd,
    });
    if (memberId === null) return null;
    const line = await writeSystemLine(tx, room, room.rev + 2, { event: "member.joined", memberId });
    await updateRoom(tx, { ...line.numbers, id: roomId, state: room.state, stateRev: null, memberDelta: 1 });
    const stamps = await this.#deps.accountChanges.stamp(tx, [{ accountId, roomId }]);
    const member = await findMember(tx, roomId, memberId);
    return member && { room, member, line, stamps };
  }
}
