import type {
  AccountLimits,
  AccountSelf,
  AuthSession,
  Block,
  Legal,
  Locale,
  NicknameAvailability,
  SignInInput,
  SignUpInput,
  UpdateMeInput,
} from "@maru/protocol";
import { Account } from "./account.ts";
import { AccountSync } from "./account-sync.ts";
import { trackActivity } from "./connection/activity-tracker.ts";
import { hasSignedInMark, isPage, type StorageState } from "./connection/browser.ts";
import { Connection } from "./connection/connection.ts";
import type { ConnectionSnapshot } from "./connection/connection-state.ts";
import { fillPorts } from "./connection/default-ports.ts";
import { Http } from "./connection/http.ts";
import { type EnterResult, Session, type SessionSnapshot } from "./connection/session.ts";
import { Matching } from "./matching.ts";
import type { Observable } from "./observable.ts";
import { CarefulOutboxStorage } from "./outbox/careful-outbox-storage.ts";
import { OwnLimits } from "./own-limits.ts";
import type { ClientPorts } from "./ports.ts";
import { type OwnPresence, type PresenceSnapshot, Presences } from "./rooms/presences.ts";
import { Rooms } from "./rooms/rooms.ts";

export type ClientOptions = Partial<ClientPorts> & {
  /** Where Maru is, such as `https://talk.example`. */
  readonly url: string;
  /** Language of the server's words; Korean unless said otherwise. */
  readonly locale?: Locale;
  /** How this device is named in the list of devices. */
  readonly deviceName?: string;
  /**
   * When a page asks who is signed in as it opens: `always`, or only where that is `likely`, by the mark that the server
   * leaves. Who is not likely to be there counts as signed out until {@link MaruClient.lookForSignIn}.
   */
  readonly restores?: "always" | "likely";
};

/**
 * A client of Maru: sign-in, one live connection, rooms and matching. Every list is an observable snapshot; what is
 * said is kept until the server has it.
 *
 * @example
 * const maru = createClient({ url: "https://talk.example" });
 * await maru.signIn({ email, password });
 * maru.rooms.list.subscribe(() => console.log(maru.rooms.list.getSnapshot().rooms));
 */
export class MaruClient {
  readonly account: Account;
  readonly rooms: Rooms;
  readonly match: Matching;
  /** What the account may, told anew whenever that changes; the usual limits until the server has told. */
  readonly limits: Observable<AccountLimits>;
  /** By member: who is there, in the direct rooms at the top of the list. */
  readonly presences: Observable<PresenceSnapshot>;
  /** How others see oneself over all one's devices; null until it is known. Asked for from the first subscriber on. */
  readonly ownPresence: Observable<OwnPresence | null>;
  /** Whether what waits to be sent outlives this page; where it is refused, it is tried again and held meanwhile. */
  readonly storage: Observable<StorageState>;
  readonly #http: Http;
  readonly #session: Session;
  readonly #connection: Connection;
  readonly #sync: AccountSync;
  readonly #limits: OwnLimits;
  readonly #wipeListeners = new Set<() => void>();
  #locale: Locale;
  #accountId: string | null = null;

  constructor(options: ClientOptions) {
    const ports = fillPorts(options);
    const { url, deviceName = "" } = options;
    this.#locale = options.locale ?? "ko";
    const locale = () => this.#locale;
    this.#http = new Http({ url, fetch: ports.fetch, clock: ports.clock, locale, keepsCookies: !isPage() });
    this.#session = new Session(this.#http, ports, deviceName);
    this.account = new Account(this.#http, this.#session);
    this.#connection = new Connection({ url, ports, session: this.#session, locale, deviceName });
    const connection = this.#connection;
    this.#sync = new AccountSync(connection, ports.clock);
    const sync = this.#sync;
    const storage = new CarefulOutboxStorage(ports.storage, ports.clock, ports.random);
    this.storage = storage.state;
    // Ahead of the parts that are bound by them.
    this.#limits = new OwnLimits(connection, sync);
    this.limits = this.#limits.snapshot;
    this.rooms = new Rooms({ connection, sync, ports, storage, limits: this.limits });
    this.match = new Matching(connection, sync);
    const presences = new Presences({
      connection,
      sync,
      clock: ports.clock,
      list: this.rooms.list,
      watchUse: (listen) => trackActivity(ports.clock, listen),
    });
    this.presences = presences.snapshot;
    this.ownPresence = presences.own;
    this.#session.snapshot.subscribe(() => this.#followSession());
    // Whoever is matched is taken to the room: its history comes while the page is still being drawn.
    this.match.snapshot.subscribe(() => {
      const match = this.match.snapshot.getSnapshot();
      if (match.state === "matched") this.rooms.prepare(match.roomId);
    });
    if (!isPage()) return;
    if (options.restores === "likely" && !hasSignedInMark()) this.#session.assumeVisitor();
    else void this.#session.restore();
  }

  get session(): Observable<SessionSnapshot> {
    return this.#session.snapshot;
  }

  get connection(): Observable<ConnectionSnapshot> {
    return this.#connection.snapshot;
  }

  /** Language of the server's words from now on. */
  setLocale(locale: Locale): void {
    this.#locale = locale;
  }

  /** Asks who is signed in, where that was only taken for unlikely: before somebody is asked for a password. */
  lookForSignIn(): Promise<void> {
    return this.#session.look();
  }

  /**
   * Calls when what belongs to the account must not stay on this device: it signed out, or was signed out from elsewhere,
   * also while this page was closed. What the client itself keeps is gone by itself. Returns how to stop.
   */
  onWiped(listener: () => void): () => void {
    this.#wipeListeners.add(listener);
    return () => this.#wipeListeners.delete(listener);
  }

  /** Makes an account. Where mail is on, a code comes by mail first: see {@link Account.enterCode}. */
  signUp(input: SignUpInput): Promise<EnterResult> {
    return this.#session.signUp(input);
  }

  /** Signs in; who has a second factor is asked for it: see {@link Account.enterSecondFactor}. */
  signIn(input: SignInInput): Promise<EnterResult> {
    return this.#session.signIn(input);
  }

  signOut(): Promise<void> {
    return this.#session.signOut();
  }

  signOutEverywhere(): Promise<void> {
    return this.#session.signOutEverywhere();
  }

  getLegal(): Promise<Legal> {
    return this.#http.call("GET legal");
  }

  /** Says whether a nickname can be had; who is signed in may take back one of their own. */
  checkNickname(nickname: string): Promise<NicknameAvailability> {
    const ask = (token?: string) =>
      this.#http.call("GET nickname", { params: { nickname }, ...(token !== undefined && { token }) });
    return this.#accountId === null ? ask() : this.#session.authorized(ask);
  }

  async updateMe(input: UpdateMeInput): Promise<AccountSelf> {
    const account = await this.#session.authorized((token) => this.#http.call("PATCH me", { body: input, token }));
    this.#session.updateAccount(account);
    return account;
  }

  async listSessions(): Promise<readonly AuthSession[]> {
    return (await this.#session.authorized((token) => this.#http.call("GET sessions", { token }))).sessions;
  }

  /** Signs another device out. */
  async endSession(sessionId: string): Promise<void> {
    await this.#session.authorized((token) => this.#http.call("DELETE session", { params: { sessionId }, token }));
  }

  async listBlocks(): Promise<readonly Block[]> {
    return (await this.#connection.command("block.list", {})).blocks;
  }

  async removeBlock(blockId: string): Promise<void> {
    await this.#connection.command("block.remove", { blockId });
  }

  /** Ends the connection; the sign-in stays. */
  close(): void {
    this.#connection.stop();
  }

  #followSession(): void {
    const session = this.#session.snapshot.getSnapshot();
    const accountId = session.state === "signed_in" ? session.account.id : null;
    const wipes = session.state === "signed_out" && this.#session.wipes;
    if (accountId === this.#accountId && !wipes) return;
    if (this.#accountId !== null || wipes) {
      this.#sync.clear();
      this.#limits.clear();
      this.match.clear();
      void this.rooms.signedOut(wipes).catch(() => {});
    }
    if (wipes) for (const listener of this.#wipeListeners) listener();
    this.#accountId = accountId;
    if (accountId !== null) void this.rooms.signedIn(accountId).catch(() => {});
  }
}

/** Makes a client; in a page it restores the sign-in by itself. */
export function createClient(options: ClientOptions): MaruClient {
  return new MaruClient(options);
}
