import {
  type CommandArgument,
  type CommandName,
  type CommandOutput,
  type Locale,
  limits,
  protocolVersion,
  reactToClose,
  type Timer,
} from "@maru/protocol";
import { toClientError, unreachable } from "../client-error.ts";
import { Subject } from "../observable.ts";
import type { ClientPorts } from "../ports.ts";
import { Backoff } from "./backoff.ts";
import { type ConnectionEvent, type ConnectionSnapshot, nextConnectionState } from "./connection-state.ts";
import type { ReceivedPush } from "./read-frame.ts";
import type { Session } from "./session.ts";
import { SocketSession } from "./socket-session.ts";

/** After this long online a break counts as a first one again, in ms. */
const stableMs = 60_000;
/** How long an answer may take after waking, when the line is likely to be dead, in ms. */
const wakingMs = 3_000;
/** How often the clock is looked at, and how far it is off where the device has slept, in ms. */
const [lookEveryMs, sleptMs] = [5_000, 10_000];
/** Shortest pause between tries while the device says that it has no network, in ms. */
const offlinePauseMs = 5_000;
/** Shortest heartbeat that is taken from a server, in ms. */
const shortestBeatMs = 1_000;
/** How long a command waits for a connection before it fails, in ms. */
const patienceMs = 10_000;

export type ConnectionDeps = {
  readonly url: string;
  readonly ports: ClientPorts;
  readonly session: Session;
  readonly locale: () => Locale;
  readonly deviceName: string;
};

/** Registered under a name, and called with pushes of that name alone. */
type PushListener = (push: ReceivedPush) => void;

/** The one live connection of this tab: opened while somebody is signed in, kept, renewed, and opened again. */
export class Connection {
  readonly snapshot = new Subject<ConnectionSnapshot>({ state: "idle" });
  readonly #deps: ConnectionDeps;
  readonly #backoff: Backoff;
  readonly #pushListeners = new Map<ReceivedPush["push"], Set<PushListener>>();
  readonly #onlineListeners = new Set<(answer: CommandOutput<"connect">) => void>();
  #socket: SocketSession | null = null;
  readonly #timers = new Set<Timer>();
  #retryTimer: Timer | null = null;
  #accountId: string | null = null;
  /** Counts tries, so that one that was overtaken opens nothing. */
  #tryCount = 0;
  #isProbing = false;

  constructor(deps: ConnectionDeps) {
    this.#deps = deps;
    this.#backoff = new Backoff(deps.ports.random);
    deps.session.snapshot.subscribe(() => this.#followSession());
    const { environment } = deps.ports;
    environment.onWake(() => this.#wake());
    environment.onNetworkLost?.(() => this.#apply({ type: "network_lost" }));
  }

  /** Calls with each push of a name; under `unknown` with those whose name this client does not know. Returns how to stop. */
  onPush<N extends ReceivedPush["push"]>(
    name: N,
    listener: (push: Extract<ReceivedPush, { readonly push: N }>) => void,
  ): () => void {
    const listeners = this.#pushListeners.get(name) ?? new Set();
    this.#pushListeners.set(name, listeners.add(listener as PushListener));
    return () => listeners.delete(listener as PushListener);
  }

  /** Calls each time a connection is authenticated, before anything else is sent on it, with what `connect` was answered. */
  onOnline(listener: (answer: CommandOutput<"connect">) => void): () => void {
    this.#onlineListeners.add(listener);
    return () => this.#onlineListeners.delete(listener);
  }

  /** The server's time (ISO) when the account signed in; null while nobody is. */
  get signedInAt(): string | null {
    return this.#deps.session.signedInAt;
  }

  /** The server's time now (ISO), as well as it is known; null while nobody is signed in. */
  get serverNow(): string | null {
    return this.#deps.session.serverNow;
  }

  get isOnline(): boolean {
    return this.snapshot.getSnapshot().state === "online";
  }

  /** Sends a command now, or as soon as the connection is back within a while. */
  async command<N extends CommandName>(cmd: N, d: CommandArgument<N>): Promise<CommandOutput<N>> {
    if (!this.isOnline) await this.#untilOnline();
    if (!this.#socket) throw unreachable();
    return this.#socket.command(cmd, d);
  }

  /** Ends the connection for good. */
  stop(): void {
    this.#apply({ type: "signed_out" });
    this.#drop();
  }

  #followSession(): void {
    const { accountId } = this.#deps.session;
    // A new name, or a new token, is no sign-in: what was stopped stays so.
    if (accountId === this.#accountId) return;
    this.#accountId = accountId;
    if (accountId !== null) this.#apply({ type: "signed_in" });
    else if (this.snapshot.getSnapshot().state !== "idle") this.stop();
  }

  #apply(event: ConnectionEvent): void {
    const before = this.snapshot.getSnapshot();
    const after = nextConnectionState(before, event);
    if (after === before && after.state !== "offline") return;
    // What the device has no network for is over; the next try begins with nothing left of it.
    if (after.state === "offline" || (before.state === "offline" && after.state !== "online")) this.#drop();
    this.snapshot.set(after);
    if (after.state === "connecting") void this.#open();
    if (after.state === "reconnecting") this.#retryIn(Math.max(0, after.retryAt - this.#deps.ports.clock.now()));
    // A browser may report that it is offline when it is not: now and then it is tried all the same.
    if (after.state === "offline" && event.type === "retry") void this.#open();
    else if (after.state === "offline") this.#retryIn(Math.max(offlinePauseMs, this.#backoff.nextMs()));
  }

  /** The device woke, or has a network again. */
  #wake(): void {
    if (this.isOnline) return this.#probe();
    if (this.#hasNetwork) this.#backoff.reset();
    this.#retry();
  }

  #retryIn(ms: number): void {
    this.#retryTimer = this.#deps.ports.clock.setTimeout(() => this.#retry(), ms);
  }

  #retry(): void {
    if (this.#retryTimer) this.#deps.ports.clock.clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    this.#apply({ type: "retry", hasNetwork: this.#hasNetwork });
  }

  async #open(): Promise<void> {
    const count = ++this.#tryCount;
    try {
      const token = await this.#deps.session.getToken();
      if (count === this.#tryCount && this.#isTrying) this.#openSocket(token);
    } catch (error) {
      if (count === this.#tryCount) this.#fail(error);
    }
  }

  get #isTrying(): boolean {
    const { state } = this.snapshot.getSnapshot();
    return state === "connecting" || state === "offline";
  }

  #openSocket(token: string): void {
    const { ports, url } = this.#deps;
    const address = `${url.replace(/^http/, "ws").replace(/\/$/, "")}/realtime?v=${protocolVersion}`;
    const socket = new SocketSession(address, ports.socket, ports.clock, {
      onOpen: () => void this.#authenticate(socket, token),
      onPush: (push) => {
        for (const listener of this.#pushListeners.get(push.push) ?? []) listener(push);
      },
      onClose: (code) => {
        if (this.#socket === socket) this.#onClose(code);
      },
    });
    this.#socket = socket;
    // A connection that neither opens nor fails is given up.
    this.#later(() => {
      if (this.#isTrying) socket.close(1006);
    }, limits.connectDeadlineMs);
  }

  async #authenticate(socket: SocketSession, token: string): Promise<void> {
    try {
      const answer = await socket.command("connect", {
        token,
        locale: this.#deps.locale(),
        device: this.#deps.deviceName,
      });
      if (this.#socket !== socket) return;
      this.#apply({ type: "authenticated" });
      this.#beat(socket, Math.max(shortestBeatMs, answer.heartbeatMs), this.#deps.ports.random());
      this.#lookForSleep(this.#deps.ports.clock.now());
      this.#renewLater(socket);
      this.#later(() => this.#backoff.reset(), stableMs);
      for (const listener of this.#onlineListeners) listener(answer);
    } catch (thrown) {
      const error = toClientError(thrown);
      // The server closes with a code that says what to do, unless it is merely busy, or knows the token and finds it old.
      if (error.temporary || error.code === "client.outdated") socket.close(1006);
      if (error.code === "auth.expired") socket.close(4001);
    }
  }

  /** The first beat comes after a random part of the interval, so that clients of one moment do not beat as one. */
  #beat(socket: SocketSession, everyMs: number, part = 1): void {
    this.#later(() => {
      // No answer closes the socket; that is what the beat is for.
      socket.command("connection.beat", {}).then(
        () => this.#beat(socket, everyMs),
        // Refused, and not for good: whoever stops to beat is taken for gone.
        () => {
          if (this.#socket === socket) this.#beat(socket, everyMs);
        },
      );
    }, everyMs * part);
  }

  /** Asks whether the connection still lives: one that was slept over looks open to this side alone. */
  #probe(): void {
    if (this.#isProbing || !this.#socket) return;
    this.#isProbing = true;
    const over = () => {
      this.#isProbing = false;
    };
    // No answer in time closes the socket.
    this.#socket.command("connection.beat", {}, wakingMs).then(over, over);
  }

  /** Notices sleep that nothing reports, by a clock that went on while timers stood still. */
  #lookForSleep(lookedAt: number): void {
    this.#later(() => {
      const now = this.#deps.ports.clock.now();
      if (now - lookedAt > lookEveryMs + sleptMs) this.#probe();
      this.#lookForSleep(now);
    }, lookEveryMs);
  }

  #renewLater(socket: SocketSession): void {
    this.#later(async () => {
      try {
        const token = await this.#deps.session.refresh();
        await socket.command("auth.renew", { token });
        if (this.#socket === socket) this.#renewLater(socket);
      } catch {
        // The connection ends with the old token and comes back with a new one.
        if (this.#socket === socket) this.#later(() => this.#renewLater(socket), 5_000);
      }
    }, this.#deps.session.renewInMs);
  }

  #onClose(code: number): void {
    const reaction = reactToClose(code);
    this.#drop();
    if (reaction === "sign_in") this.#deps.session.end(code !== 4502);
    if (reaction === "renew") this.#deps.session.dropToken();
    this.#apply({ type: "closed", reaction, code, ...this.#retryPlan() });
  }

  #fail(error: unknown): void {
    // The sign-in is over, and this connection with it.
    if (!toClientError(error).temporary && this.#deps.session.accountId === null) return;
    this.#apply({ type: "failed", ...this.#retryPlan() });
  }

  #retryPlan(): { retryAt: number; hasNetwork: boolean } {
    return { retryAt: this.#deps.ports.clock.now() + this.#backoff.nextMs(), hasNetwork: this.#hasNetwork };
  }

  get #hasNetwork(): boolean {
    return this.#deps.ports.environment.isOnline();
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    for (const timer of this.#timers) this.#deps.ports.clock.clearTimeout(timer);
    this.#timers.clear();
    if (this.#retryTimer) this.#deps.ports.clock.clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    socket?.close();
  }

  #later(act: () => void, delayMs: number): void {
    const timer = this.#deps.ports.clock.setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }

  #untilOnline(): Promise<void> {
    const { clock } = this.#deps.ports;
    return new Promise((resolve, reject) => {
      const stop = this.snapshot.subscribe(() => {
        const { state } = this.snapshot.getSnapshot();
        if (state === "online") settle(resolve);
        if (state === "stopped" || state === "idle") settle(() => reject(unreachable()));
      });
      const timer = clock.setTimeout(() => settle(() => reject(unreachable())), patienceMs);
      const settle = (act: () => void) => {
        stop();
        clock.clearTimeout(timer);
        act();
      };
    });
  }
}
