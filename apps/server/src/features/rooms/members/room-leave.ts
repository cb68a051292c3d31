import { fail } from "../../../platform/errors.ts";
import type { AccountChangePublisher, AccountRevision } from "../log/account-change-publisher.ts";
import type { Change, RoomChanges } from "../log/changes.ts";
import type { Epochs } from "../log/epochs.ts";
import { runWrite } from "../log/retry.ts";
import { writeMember, writeState } from "../log/written-changes.ts";
import type { Policies } from "../policy.ts";
import type { IdentityPort, RoomsDatabase, Sql } from "../ports.ts";
import { loadProfiles, type Profiles, presentMember } from "../present.ts";
import { type LockedRoom, lockRooms } from "../store-rooms.ts";
import { listSummaries, type MemberRow, type SummaryRow } from "../store-summaries.ts";
import { writeSystemLine } from "../system-lines.ts";
import { hideRoom, partMember, updateRoom } from "./store-endings.ts";
import { findMember, lockActiveMembers } from "./store-members.ts";

/** What a committed write has to tell; `announce` is called after the commit, and only then. */
export type Announcement = { announce(): void };

export type RoomLeaveDeps = {
  readonly db: RoomsDatabase;
  readonly identity: IdentityPort;
  readonly policies: Policies;
  readonly epochs: Epochs;
  readonly accountChanges: AccountChangePublisher;
  announce(list: readonly RoomChanges[]): void;
};

/** Everything one ending wrote. Names are looked up after the commit: a lock must not wait for another connection. */
type Ending = {
  readonly room: LockedRoom;
  readonly leaver: MemberRow | null;
  readonly changes: readonly Change[];
  readonly stamps: readonly AccountRevision[];
};

/** In larger rooms the end is not numbered in each member's own log: they learn it with the room. */
const promptMembers = 100;

/** How rooms and memberships end. What leaving means is the policy of the room's kind. */
export class RoomLeave {
  readonly #deps: RoomLeaveDeps;

  constructor(deps: RoomLeaveDeps) {
    this.#deps = deps;
  }

  /** Leaves a room; again changes nothing. Throws `room.not_found` for those who never were members. */
  async leave(accountId: string, roomId: string): Promise<void> {
    const announcement = await runWrite(() => this.#deps.db.transaction((tx) => this.leaveIn(tx, accountId, roomId)));
    announcement.announce();
  }

  /** Leaves a room as part of a caller's transaction. */
  async leaveIn(tx: Sql, accountId: string, roomId: string): Promise<Announcement> {
    const [room] = await lockRooms(tx, [roomId]);
    const [self] = await listSummaries(tx, [{ accountId, roomId }]);
    const policy = room && this.#deps.policies.find(room.kind);
    if (room === undefined || self === undefined || !policy) throw fail("room.not_found");
    if (self.facts.memberState === "left") return silence;
    if (policy.onLeave === "hide") return this.#hide(tx, room, accountId);
    return this.#part(tx, room, self, policy.onLeave === "close");
  }

  /** Ends a room for everybody; they keep reading it. Again changes nothing. */
  async close(roomId: string): Promise<void> {
    const announcement = await runWrite(() => this.#deps.db.transaction((tx) => this.closeIn(tx, roomId)));
    announcement.announce();
  }

  /** Ends a room as part of a caller's transaction. */
  async closeIn(tx: Sql, roomId: string): Promise<Announcement> {
    const [room] = await lockRooms(tx, [roomId]);
    if (room === undefined) throw fail("room.not_found");
    if (room.state === "closed") return silence;
    const members = await lockActiveMembers(tx, room.id, promptMembers);
    const stateRev = room.rev + 1;
    const state = { kind: room.kind, state: "closed", name: room.name, stateRev } as const;
    const line = await writeSystemLine(tx, room, stateRev + 1, { event: "room.closed" });
    await updateRoom(tx, { ...line.numbers, id: roomId, state: "closed", stateRev, memberDelta: 0 });
    const stamps = await this.#deps.accountChanges.stamp(tx, members ?? []);
    return this.#announcement({ room, leaver: null, changes: [writeState(state), line.change], stamps });
  }

  async #hide(tx: Sql, room: LockedRoom, accountId: string): Promise<Announcement> {
    if (!(await hideRoom(tx, room, accountId))) return silence;
    const stamps = await this.#deps.accountChanges.stamp(tx, [{ accountId, roomId: room.id }]);
    return this.#announcement({ room, leaver: null, changes: [], stamps });
  }

  async #part(tx: Sql, room: LockedRoom, self: SummaryRow, closes: boolean): Promise<Announcement> {
    const { accountId } = self;
    const isClosing = closes && room.state === "open";
    const own = { accountId, roomId: room.id };
    // A room's state, and who is in a room of two, stand in its members' lists; who has left is among those locked here.
    const members = (closes ? await lockActiveMembers(tx, room.id, promptMembers) : null) ?? [own];
    const leftRev = room.rev + 1;
    const stateRev = isClosing ? leftRev + 1 : null;
    await partMember(tx, room.id, accountId, leftRev);
    const note = { event: "member.left", memberId: self.memberId } as const;
    const line = await writeSystemLine(tx, room, (stateRev ?? leftRev) + 1, note);
    const state = isClosing ? "closed" : room.state;
    await updateRoom(tx, { ...line.numbers, id: room.id, state, stateRev, memberDelta: -1 });
    const stateChange = stateRev === null ? [] : [writeState({ kind: room.kind, state, name: room.name, stateRev })];
    const stamps = await this.#deps.accountChanges.stamp(tx, members);
    const leaver = await findMember(tx, room.id, self.memberId);
    return this.#announcement({ room, leaver, changes: [...stateChange, line.change], stamps });
  }

  #announcement(ending: Ending): Announcement {
    return { announce: () => void this.#publish(ending) };
  }

  async #publish({ room, leaver, changes, stamps }: Ending): Promise<void> {
    const { accountChanges, policies, identity, epochs } = this.#deps;
    const epoch = epochs.ofRoom(room.epoch);
    if (leaver === null) {
      if (changes.length > 0) this.#deps.announce([{ roomId: room.id, epoch, changes }]);
    } else {
      const profiles = await loadProfiles(identity, policies, [{ kind: room.kind, members: [leaver] }]).catch(
        () => noProfiles,
      );
      const json = JSON.stringify(presentMember(leaver, policies.showsAlias(room.kind), profiles));
      this.#deps.announce([
        { roomId: room.id, epoch, changes: [writeMember(leaver, "member.left", json), ...changes] },
      ]);
    }
    await accountChanges.announce(stamps);
  }
}

const noProfiles: Profiles = new Map();

/** Nothing to tell. */
const silence: Announcement = { announce: () => {} };
