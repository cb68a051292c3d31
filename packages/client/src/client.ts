import type {
  AccountSelf,
  AuthSession,
  Block,
  Legal,
  MatchState,
  NicknameAvailability,
  UpdateMeInput,
} from "@maru/protocol";
import { type Account, createAccount } from "./account.ts";
import type { StorageState } from "./connection/browser.ts";
import { ClientCore, type ClientOptions } from "./core.ts";
import { type ClientFeatures, createFeatures } from "./features.ts";
import type { Observable } from "./observable.ts";
import { createPresence } from "./rooms/create-presence.ts";
import { createRooms } from "./rooms/create-rooms.ts";
import type { OwnPresence, PresenceSnapshot } from "./rooms/presences.ts";
import type { Rooms } from "./rooms/rooms.ts";

/**
 * A client of Maru with all its parts: sign-in, one live connection, rooms and matching. Every list is an observable
 * snapshot; what is said is kept until the server has it.
 *
 * @example
 * const maru = createClient({ url: "https://talk.example" });
 * await maru.signIn({ email, password });
 * maru.rooms.list.subscribe(() => console.log(maru.rooms.list.getSnapshot().rooms));
 */
export class MaruClient extends ClientCore {
  readonly account: Account;
  readonly rooms: Rooms;
  /** By member: who is there, in the direct rooms at the top of the list. */
  readonly presences: Observable<PresenceSnapshot>;
  /** How others see oneself over all one's devices; null until it is known. Asked for from the first subscriber on. */
  readonly ownPresence: Observable<OwnPresence | null>;

  constructor(options: ClientOptions) {
    super(options);
    this.account = createAccount(this);
    this.rooms = createRooms(this);
    Object.assign(this, createFeatures(this));
    const presences = createPresence(this, this.rooms);
    this.presences = presences.snapshot;
    this.ownPresence = presences.own;
    // Whoever is matched is taken to the room: its history comes while the page is still being drawn.
    this.match.snapshot.subscribe(() => {
      const match: MatchState = this.match.snapshot.getSnapshot();
      if (match.state === "matched") this.rooms.prepare(match.roomId);
    });
  }

  /** Whether what waits to be sent outlives this page; where it is refused, it is tried again and held meanwhile. */
  get storage(): Observable<StorageState> {
    return this.rooms.storage;
  }

  getLegal(): Promise<Legal> {
    return this.account.getLegal();
  }

  /** Whether a nickname can be had; who is signed in may take back one of their own. */
  checkNickname(nickname: string): Promise<NicknameAvailability> {
    return this.account.checkNickname(nickname);
  }

  updateMe(input: UpdateMeInput): Promise<AccountSelf> {
    return this.account.updateMe(input);
  }

  listSessions(): Promise<readonly AuthSession[]> {
    return this.account.listSessions();
  }

  /** Signs another device out. */
  endSession(sessionId: string): Promise<void> {
    return this.account.endSession(sessionId);
  }

  listBlocks(): Promise<readonly Block[]> {
    return this.rooms.listBlocks();
  }

  removeBlock(blockId: string): Promise<void> {
    return this.rooms.removeBlock(blockId);
  }
}

/** Each feature of the list, under its name: the constructor assigns them. */
export interface MaruClient extends ClientFeatures {}

/**
 * Makes a client with all its parts; in a page it restores the sign-in by itself.
 *
 * @example
 * const maru = createClient({ url: "https://talk.example", locale: "en" });
 */
export function createClient(options: ClientOptions): MaruClient {
  return new MaruClient(options);
}
