import type {
  AccountSelf,
  Clock,
  HttpAnswer,
  HttpCall,
  SignedIn,
  SignInInput,
  SignInStep,
  SignUpInput,
} from "@maru/protocol";
import { isEnd, isEndedBySomebody, MaruClientError, toClientError } from "../client-error.ts";
import { Subject } from "../observable.ts";
import type { ClientPorts } from "../ports.ts";
import { Backoff } from "./backoff.ts";
import type { Http } from "./http.ts";

/** Whether somebody is signed in. `ended`: the server ended it; `left`: the person did, here or in another tab. */
export type SessionSnapshot =
  | { readonly state: "unknown" }
  | { readonly state: "signed_out"; readonly reason: "none" | "left" | "ended" }
  | { readonly state: "signed_in"; readonly account: AccountSelf };

type PendingStep = Exclude<SignInStep, { next: "none" }>;
/** What a way in led to: signed in, or one more step. */
export type EnterResult = { readonly next: "none"; readonly account: AccountSelf } | PendingStep;

/** The calls that lead in. */
export type SessionOpener = { [C in HttpCall]: HttpAnswer<C> extends SignedIn | SignInStep ? C : never }[HttpCall];

type Token = { readonly text: string; readonly endsAt: number };

/** Time before a token's end at which it is not used any more, in ms. */
const reserveMs = 30_000;

type TabWord = { readonly type: "signed_in"; readonly accountId: string } | { readonly type: "signed_out" };

/**
 * Holds the sign-in of this tab. The access token lives here and nowhere else; the refresh token in a cookie that no
 * script reads. However many calls find the token expired, one refresh serves them all.
 */
export class Session {
  readonly snapshot = new Subject<SessionSnapshot>({ state: "unknown" });
  /**
   * Whether what the account left on this device has to go: the person signed out, here or from elsewhere. Where a sign-in
   * merely ran out it stays for their return.
   */
  wipes = false;
  readonly #http: Http;
  readonly #ports: ClientPorts;
  readonly #clock: Clock;
  readonly #deviceName: string;
  readonly #backoff: Backoff;
  #isAsked = false;
  #token: Token | null = null;
  #refreshing: Promise<string> | null = null;
  /** The server's time when the account signed in, and this machine's. */
  #signedIn: { readonly serverMs: number; readonly atMs: number } | null = null;
  /** Whom another tab signed in while this one was still finding out who is there. */
  #signedInAccountId: string | null = null;
  /** Counts sign-ins and sign-outs, so that an answer to a refresh from before is not taken for news. */
  #turn = 0;

  constructor(http: Http, ports: ClientPorts, deviceName: string) {
    this.#http = http;
    this.#ports = ports;
    this.#clock = ports.clock;
    this.#deviceName = deviceName;
    this.#backoff = new Backoff(ports.random);
    ports.tabs.listen((word) => this.#handle(word));
  }

  get accountId(): string | null {
    const now = this.snapshot.getSnapshot();
    return now.state === "signed_in" ? now.account.id : null;
  }

  /** The server's time (ISO) when the account signed in here; null while nobody is. */
  get signedInAt(): string | null {
    return this.#signedIn && new Date(this.#signedIn.serverMs).toISOString();
  }

  /** The server's time now (ISO), as well as it is known; null while nobody is signed in. */
  get serverNow(): string | null {
    if (!this.#signedIn) return null;
    const { serverMs, atMs } = this.#signedIn;
    return new Date(serverMs + this.#clock.monotonic() - atMs).toISOString();
  }

  /**
   * Gets the sign-in back after a reload, if the cookie is still good, and notifies the other tabs: it may be new, for
   * instance from a provider's page. Tries again while the server is away.
   */
  async restore(): Promise<void> {
    this.#isAsked = true;
    try {
      await this.#find();
    } catch (thrown) {
      const again = () => {
        if (this.snapshot.getSnapshot().state === "unknown") void this.restore();
      };
      if (this.#isPutOff(thrown, again)) return;
    }
    const seenId = this.#signedInAccountId;
    this.#signedInAccountId = null;
    if (seenId !== null && seenId !== this.accountId) this.#followSignIn();
  }

  /** Whether nobody is signed in here, as far as can be seen without asking the server; `look` asks. */
  assumeVisitor(): void {
    this.snapshot.set({ state: "signed_out", reason: "none" });
  }

  /** Asks whether somebody is signed in here, if that was only assumed; again while it is away. What is on screen stays. */
  async look(): Promise<void> {
    if (this.#isAsked || this.snapshot.getSnapshot().state !== "signed_out") return;
    this.#isAsked = true;
    try {
      await this.#find();
    } catch (thrown) {
      this.#isAsked = !this.#isPutOff(thrown, () => void this.look());
    }
  }

  async #find(): Promise<void> {
    await this.refresh();
    this.#backoff.reset();
    this.#postSignedIn();
  }

  /** Whether the server was merely away; then it is asked again after a while. */
  #isPutOff(thrown: unknown, again: () => void): boolean {
    const { temporary, retryAfterMs } = toClientError(thrown);
    if (temporary) this.#clock.setTimeout(again, retryAfterMs ?? this.#backoff.nextMs());
    return temporary;
  }

  async signUp(input: SignUpInput): Promise<EnterResult> {
    return this.enter("POST signUp", { deviceName: this.#deviceName, ...input });
  }

  async signIn(input: SignInInput): Promise<EnterResult> {
    return this.enter("POST signIn", { deviceName: this.#deviceName, ...input });
  }

  async signOut(): Promise<void> {
    await this.#http.call("POST signOut");
    this.leave();
  }

  async signOutEverywhere(): Promise<void> {
    await this.authorized((token) => this.#http.call("POST signOutEverywhere", { token }));
    this.leave();
  }

  /** Ends the sign-in here because the server says that it is over; `wipes` when somebody ended it. */
  end(wipes: boolean): void {
    const now = this.snapshot.getSnapshot();
    if (now.state !== "signed_out") {
      this.#forget({ state: "signed_out", reason: now.state === "signed_in" ? "ended" : "none" }, wipes);
      return;
    }
    // An answer to what was asked before: why nobody is signed in here was known already, and stays.
    if (wipes && !this.wipes) this.#forget({ ...now }, true);
  }

  /** A token good for a while yet; throws when nobody is signed in or the server cannot be reached. */
  async getToken(): Promise<string> {
    if (this.#token && this.#token.endsAt - this.#clock.monotonic() > reserveMs) return this.#token.text;
    return this.refresh();
  }

  /** Takes the token for over, because the server says so: a clock may have stood still while the device slept. */
  dropToken(): void {
    this.#token = null;
  }

  /** Ms until the token should be renewed on a live socket. */
  get renewInMs(): number {
    if (!this.#token) return reserveMs;
    return Math.max(1_000, this.#token.endsAt - this.#clock.monotonic() - reserveMs * 2);
  }

  /** Runs a request with the token; on 401 refreshes once and repeats, on 403 of the sign-in itself signs out. */
  async authorized<T>(run: (token: string) => Promise<T>): Promise<T> {
    const token = await this.getToken();
    try {
      return await run(token);
    } catch (error) {
      if (!(error instanceof MaruClientError)) throw error;
      if (isEnd(error)) this.end(isEndedBySomebody(error));
      if (error.code !== "auth.expired" && error.code !== "auth.required") throw error;
      // Another call may have refreshed meanwhile; then its token serves this one too.
      if (this.#token?.text === token) this.#token = null;
      return run(await this.getToken());
    }
  }

  updateAccount(account: AccountSelf): void {
    if (this.accountId === account.id) this.snapshot.set({ state: "signed_in", account });
  }

  /** Gets a new access token; calls at the same time share one request. */
  refresh(): Promise<string> {
    if (this.#refreshing) return this.#refreshing;
    const refreshing = this.#refreshOnce().finally(() => {
      if (this.#refreshing === refreshing) this.#refreshing = null;
    });
    this.#refreshing = refreshing;
    return refreshing;
  }

  async #refreshOnce(): Promise<string> {
    const turn = this.#turn;
    try {
      const signedIn = await this.#ports.withLock("maru.refresh", () => this.#http.call("POST refresh"));
      // Whoever signed out meanwhile stays so; whoever signed in has a token of their own.
      if (turn !== this.#turn) {
        if (this.#token) return this.#token.text;
        throw new MaruClientError({ code: "auth.required" });
      }
      if ("signedIn" in signedIn) throw new MaruClientError({ code: "auth.required" });
      this.#take(signedIn);
      return signedIn.accessToken;
    } catch (thrown) {
      const error = toClientError(thrown);
      if (turn === this.#turn && !error.temporary) this.end(isEndedBySomebody(error));
      throw error;
    }
  }

  /** Uses one of the sign-in methods: signs in, or returns which step is left. */
  async enter(call: SessionOpener, body: unknown): Promise<EnterResult> {
    const answer = await this.#http.call(call, { body });
    if ("next" in answer) {
      // Whatever this led to has come to nothing meanwhile.
      if (answer.next === "none") throw new MaruClientError({ code: "step.expired" });
      return answer;
    }
    this.take(answer);
    return { next: "none", account: answer.account };
  }

  /** Takes a sign-in that the server has handed out, and notifies the other tabs. */
  take<T extends SignedIn>(signedIn: T): T {
    this.#turn++;
    this.#refreshing = null;
    this.#take(signedIn);
    this.#postSignedIn();
    return signedIn;
  }

  #postSignedIn(): void {
    const { accountId } = this;
    if (accountId !== null) this.#ports.tabs.post({ type: "signed_in", accountId } satisfies TabWord);
  }

  #take({ accessToken, accessTokenExpiresAt, serverTime, account }: SignedIn): void {
    const lifeMs = Date.parse(accessTokenExpiresAt) - Date.parse(serverTime);
    this.#signedIn ??= { serverMs: Date.parse(serverTime), atMs: this.#clock.monotonic() };
    this.#token = { text: accessToken, endsAt: this.#clock.monotonic() + lifeMs };
    this.snapshot.set({ state: "signed_in", account });
  }

  /** Drops the sign-in here and in the other tabs, because the person left. */
  leave(): void {
    this.#forget({ state: "signed_out", reason: "left" }, true);
    this.#ports.tabs.post({ type: "signed_out" } satisfies TabWord);
  }

  #forget(next: SessionSnapshot, wipes = false): void {
    this.wipes = wipes;
    this.#turn++;
    this.#refreshing = null;
    this.#token = null;
    this.#signedIn = null;
    this.snapshot.set(next);
  }

  /** Follows the other tabs: they share the cookie, so a sign-in elsewhere is ours too. */
  #handle(word: unknown): void {
    const { type, accountId } = (typeof word === "object" && word !== null ? word : {}) as Partial<
      Record<"type" | "accountId", unknown>
    >;
    const now = this.snapshot.getSnapshot();
    // The server may have notified this tab first that the sign-in is over; why is known by the tab that ended it.
    const isOfInterest = now.state === "signed_in" || (now.state === "signed_out" && now.reason === "ended");
    if (type === "signed_out" && isOfInterest) this.#forget({ state: "signed_out", reason: "left" }, true);
    if (type !== "signed_in" || typeof accountId !== "string" || accountId === this.accountId) return;
    // Who is still finding out may be asking with the cookie from before: what comes of it is compared at its end.
    if (now.state === "unknown") this.#signedInAccountId = accountId;
    else this.#followSignIn();
  }

  #followSignIn(): void {
    this.#forget({ state: "unknown" });
    void this.restore();
  }
}
