import type { AccountLimits, Locale, SignInInput, SignUpInput } from "@maru/protocol";
import { AccountSync } from "./account-sync.ts";
import { hasSignedInMark, isPage } from "./connection/browser.ts";
import { Connection } from "./connection/connection.ts";
import type { ConnectionSnapshot } from "./connection/connection-state.ts";
import { fillPorts } from "./connection/default-ports.ts";
import { Http } from "./connection/http.ts";
import { type EnterResult, Session, type SessionSnapshot } from "./connection/session.ts";
import type { Observable } from "./observable.ts";
import { OwnLimits } from "./own-limits.ts";
import type { ClientPorts } from "./ports.ts";

export type { ConnectionSnapshot } from "./connection/connection-state.ts";
export type { EnterResult, SessionSnapshot } from "./connection/session.ts";
export type { Observable } from "./observable.ts";
export type { ClientPorts } from "./ports.ts";

/**
 * Where a client finds Maru, and what it takes from outside instead of the defaults.
 *
 * @example
 * const options: ClientOptions = { url: "https://talk.example", locale: "en", deviceName: "kiosk" };
 */
export type ClientOptions = Partial<ClientPorts> & {
  /** Where Maru is, such as `https://talk.example`. */
  readonly url: string;
  /** Language of the server's words; Korean unless said otherwise. */
  readonly locale?: Locale;
  /** How this device is named in the list of devices. */
  readonly deviceName?: string;
  /**
   * When a page asks who is signed in as it opens: `always`, or only where that is `likely`, by the mark that the server
   * leaves. Who is not likely to be there counts as signed out until {@link ClientCore.lookForSignIn}.
   */
  readonly restores?: "always" | "likely";
};

/** What a part does when somebody signs in or out. */
export type AccountFollower = {
  /** Called with the account that is signed in, also when it was already so as the part was added. */
  signedIn?(accountId: string): void;
  /** Called when nobody is any more; `wipes` where nothing of the account may stay on this device. */
  signedOut?(wipes: boolean): void;
};

/** What parts of a client stand on. */
export type ClientFoundation = {
  readonly http: Http;
  readonly session: Session;
  readonly connection: Connection;
  readonly sync: AccountSync;
  readonly ports: ClientPorts;
  follow(follower: AccountFollower): void;
};

/**
 * The core of a client: sign-in, one live connection, and what the account may. Everything else is a part that is added
 * to it, so that a widget or a bot takes along what it needs.
 *
 * @example
 * import { createCore } from "@maru/client/core";
 * import { createRooms } from "@maru/client/rooms";
 *
 * const core = createCore({ url: "https://talk.example" });
 * const rooms = createRooms(core);
 * await core.signIn({ email, password });
 */
export class ClientCore {
  /** What the account may, told anew whenever that changes; the usual limits until the server has told. */
  readonly limits: Observable<AccountLimits>;
  /** For parts; programs have no use for it. */
  readonly foundation: ClientFoundation;
  readonly #followers = new Set<AccountFollower>();
  readonly #wipeListeners = new Set<() => void>();
  #locale: Locale;
  #accountId: string | null = null;

  constructor(options: ClientOptions) {
    const ports = fillPorts(options);
    const { url, deviceName = "" } = options;
    this.#locale = options.locale ?? "ko";
    const locale = () => this.#locale;
    const http = new Http({ url, fetch: ports.fetch, clock: ports.clock, locale, keepsCookies: !isPage() });
    const session = new Session(http, ports, deviceName);
    const connection = new Connection({ url, ports, session, locale, deviceName });
    const sync = new AccountSync(connection, ports.clock);
    const limits = new OwnLimits(connection, sync);
    this.limits = limits.snapshot;
    this.foundation = { http, session, connection, sync, ports, follow: (follower) => this.#follow(follower) };
    this.#follow({
      signedOut() {
        sync.clear();
        limits.clear();
      },
    });
    session.snapshot.subscribe(() => this.#followSession());
    if (!isPage()) return;
    if (options.restores === "likely" && !hasSignedInMark()) session.assumeVisitor();
    else void session.restore();
  }

  /** Who is signed in, if anybody. */
  get session(): Observable<SessionSnapshot> {
    return this.foundation.session.snapshot;
  }

  /** How the live connection stands. */
  get connection(): Observable<ConnectionSnapshot> {
    return this.foundation.connection.snapshot;
  }

  /** Language of the server's words from now on. */
  setLocale(locale: Locale): void {
    this.#locale = locale;
  }

  /** Asks who is signed in, where that was only taken for unlikely: before somebody is asked for a password. */
  lookForSignIn(): Promise<void> {
    return this.foundation.session.look();
  }

  /**
   * Calls when what belongs to the account must not stay on this device: it signed out, or was signed out from elsewhere,
   * also while this page was closed. What the client itself keeps is gone by itself. Returns how to stop.
   */
  onWiped(listener: () => void): () => void {
    this.#wipeListeners.add(listener);
    return () => this.#wipeListeners.delete(listener);
  }

  /** Makes an account. Where mail is on, a code comes by mail first: see `Account.enterCode`. */
  signUp(input: SignUpInput): Promise<EnterResult> {
    return this.foundation.session.signUp(input);
  }

  /** Signs in; who has a second factor is asked for it: see `Account.enterSecondFactor`. */
  signIn(input: SignInInput): Promise<EnterResult> {
    return this.foundation.session.signIn(input);
  }

  signOut(): Promise<void> {
    return this.foundation.session.signOut();
  }

  signOutEverywhere(): Promise<void> {
    return this.foundation.session.signOutEverywhere();
  }

  /** Ends the connection; the sign-in stays. */
  close(): void {
    this.foundation.connection.stop();
  }

  #follow(follower: AccountFollower): void {
    this.#followers.add(follower);
    if (this.#accountId !== null) follower.signedIn?.(this.#accountId);
  }

  #followSession(): void {
    const session = this.session.getSnapshot();
    const accountId = session.state === "signed_in" ? session.account.id : null;
    const wipes = session.state === "signed_out" && this.foundation.session.wipes;
    if (accountId === this.#accountId && !wipes) return;
    if (this.#accountId !== null || wipes) for (const { signedOut } of this.#followers) signedOut?.(wipes);
    if (wipes) for (const listener of this.#wipeListeners) listener();
    this.#accountId = accountId;
    if (accountId !== null) for (const { signedIn } of this.#followers) signedIn?.(accountId);
  }
}

/**
 * Makes the core of a client; in a page it restores the sign-in by itself.
 *
 * @example
 * const core = createCore({ url: "https://talk.example" });
 * core.session.subscribe(() => console.log(core.session.getSnapshot().state));
 */
export function createCore(options: ClientOptions): ClientCore {
  return new ClientCore(options);
}
