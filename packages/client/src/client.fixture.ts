import {
  type CommandFrame,
  type CommandName,
  type CommandOutput,
  httpPaths,
  type Push,
  type SignedIn,
} from "@maru/protocol";
import { FakeClock, settle } from "@maru/testkit";
import { createClient, type MaruClient } from "./client.ts";
import { type ClientErrorBody, MaruClientError } from "./client-error.ts";
import { account } from "./entities.fixture.ts";
import { MemoryOutboxStorage } from "./memory-outbox-storage.ts";
import type { ClientPorts, OutboxStorage, SocketLike, TabChannel } from "./ports.ts";

/** Ms for which an access token of the pretended server is good. */
export const tokenMs = 600_000;

type Answer<N extends CommandName> = (
  d: Record<string, unknown>,
  socket: PretendedSocket,
) => CommandOutput<N> | Promise<CommandOutput<N>> | typeof silence;

/** What an answer gives that never comes. */
export const silence = Symbol("no answer");

/** One socket as the server sees it. */
export class PretendedSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code?: number }) => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: CommandFrame[] = [];
  isClosed = false;

  constructor(
    readonly url: string,
    private readonly world: ClientWorld,
  ) {
    world.sockets.push(this);
    if (world.network === "up") void Promise.resolve().then(() => !this.isClosed && this.onopen?.());
    if (world.network === "refusing") void Promise.resolve().then(() => this.end(1006));
  }

  send(data: string): void {
    const frame = JSON.parse(data) as CommandFrame;
    this.sent.push(frame);
    void this.world.reply(this, frame);
  }

  close(): void {
    this.isClosed = true;
  }

  /** Sends a frame to the client. */
  receive(frame: unknown): void {
    if (!this.isClosed) this.onmessage?.({ data: JSON.stringify(frame) });
  }

  push(push: Push): void {
    this.receive(push);
  }

  /** Ends it from the server's side, or from the network's. */
  end(code = 1006): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.onclose?.({ code });
  }

  /** Commands of one name that came. */
  commands(cmd: CommandName): Record<string, unknown>[] {
    return this.sent.filter((frame) => frame.cmd === cmd).map(({ d }) => d as Record<string, unknown>);
  }
}

/** A browser: its tabs share storage, cookie and words. */
export class PretendedBrowser {
  storage: OutboxStorage = new MemoryOutboxStorage();
  isOnline = true;
  readonly #tabs = new Set<(message: unknown) => void>();
  readonly #wakeEvents = new Set<() => void>();
  readonly #losses = new Set<() => void>();
  #locks = Promise.resolve();

  openTab(): TabChannel & { close(): void } {
    const handles = new Set<(message: unknown) => void>();
    const hear = (message: unknown) => {
      for (const handle of handles) handle(message);
    };
    this.#tabs.add(hear);
    return {
      post: (message) => {
        // As a BroadcastChannel: copied, later, and to everybody else.
        const others = [...this.#tabs].filter((each) => each !== hear);
        void Promise.resolve().then(() => {
          for (const each of others) if (this.#tabs.has(each)) each(structuredClone(message));
        });
      },
      listen(handle) {
        handles.add(handle);
        return () => handles.delete(handle);
      },
      close: () => this.#tabs.delete(hear),
    };
  }

  get environment(): ClientPorts["environment"] {
    return {
      isOnline: () => this.isOnline,
      onWake: (listener) => {
        this.#wakeEvents.add(listener);
        return () => this.#wakeEvents.delete(listener);
      },
      onNetworkLost: (listener) => {
        this.#losses.add(listener);
        return () => this.#losses.delete(listener);
      },
    };
  }

  /** The network is back, or the page is seen again. */
  revive(): void {
    for (const listener of this.#wakeEvents) listener();
  }

  /** The device says that its network is gone. */
  loseNetwork(): void {
    this.isOnline = false;
    for (const listener of this.#losses) listener();
  }

  /** Web Locks, as far as they are used. */
  readonly withLock = <T>(_name: string, work: () => Promise<T>): Promise<T> => {
    const turn = this.#locks.then(work);
    this.#locks = turn.then(
      () => {},
      () => {},
    );
    return turn;
  };
}

/** Everything around clients in a test: a server whose answers the test gives, and time that it moves. */
export class ClientWorld {
  readonly clock = new FakeClock();
  readonly sockets: PretendedSocket[] = [];
  /** `silent`: a socket that neither opens nor fails. */
  network: "up" | "refusing" | "silent" = "up";
  readonly requests: { readonly path: string; readonly body: unknown }[] = [];
  tokenCount = 0;
  readonly #answers = new Map<CommandName, Answer<CommandName>>();
  readonly #routes = new Map<string, () => unknown | Promise<unknown>>();

  constructor() {
    this.answer("connect", () => ({
      connectionId: `con_${"0".repeat(32)}` as CommandOutput<"connect">["connectionId"],
      heartbeatMs: 25_000,
      tokenExpiresAt: this.#at(tokenMs),
      serverTime: this.#at(0),
      limits: {},
    }));
    this.answer("connection.beat", () => ({}));
    this.answer("auth.renew", () => ({ tokenExpiresAt: this.#at(tokenMs) }));
    this.answer("account.sync", () => ({
      epoch: "one",
      toRev: 1,
      heads: "heads",
      reset: true,
      rooms: [],
      catchUps: [],
      goneRoomIds: [],
      match: { state: "idle", reason: "none" },
    }));
    this.answer("room.watch", () => ({ catchUps: [], goneRoomIds: [] }));
    for (const path of [httpPaths.signIn, httpPaths.refresh]) this.route(path, () => this.grant());
  }

  /** Says how the server answers a command from now on. */
  answer<N extends CommandName>(cmd: N, answer: Answer<N>): void {
    this.#answers.set(cmd, answer as Answer<CommandName>);
  }

  /** Says how the server answers a path from now on: with JSON, nothing, an error thrown, or `silence`. */
  route(path: string, answer: () => unknown | Promise<unknown>): void {
    this.#routes.set(path, answer);
  }

  /** A fresh right, as sign-in and refresh give it. */
  grant(): SignedIn {
    const accessToken = `token-${++this.tokenCount}`;
    return { accessToken, accessTokenExpiresAt: this.#at(tokenMs), serverTime: this.#at(0), account };
  }

  get socket(): PretendedSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("No socket was opened.");
    return socket;
  }

  requestCount(path: string): number {
    return this.requests.filter((request) => request.path === path).length;
  }

  /** Goes on until a socket more was opened; tells how long it took, in ms. */
  async untilNextSocket(withinMs = 60_000): Promise<number> {
    const [count, from] = [this.sockets.length, this.clock.monotonic()];
    while (this.sockets.length === count) {
      if (this.clock.monotonic() - from > withinMs) throw new Error(`No socket was opened within ${withinMs} ms.`);
      await this.clock.advance(50);
    }
    return this.clock.monotonic() - from;
  }

  /** The ports of one tab of a browser. */
  ports(browser = new PretendedBrowser(), random: () => number = () => 0.5): ClientPorts {
    const world = this;
    return {
      clock: this.clock,
      random,
      socket: class extends PretendedSocket {
        constructor(url: string) {
          super(url, world);
        }
      },
      fetch: (url, init) => this.#fetch(new URL(url).pathname, init),
      storage: browser.storage,
      tabs: browser.openTab(),
      environment: browser.environment,
      withLock: browser.withLock,
    };
  }

  /** A client that is signed in and has done all that it does at once. */
  async signIn(ports: ClientPorts = this.ports()): Promise<MaruClient> {
    const maru = createClient({ url: "http://maru.example", ...ports });
    await maru.signIn({ email: account.email, password: "hanok-floor-4" });
    await settle();
    return maru;
  }

  async reply(socket: PretendedSocket, { id, cmd, d }: CommandFrame): Promise<void> {
    const answer = this.#answers.get(cmd);
    try {
      if (!answer) throw new MaruClientError({ code: "command.unknown" });
      const ok = await answer(d as Record<string, unknown>, socket);
      if (ok !== silence) socket.receive({ id, ok });
    } catch (error) {
      socket.receive({ id, err: toBody(error) });
    }
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    this.requests.push({ path, body: typeof init.body === "string" ? JSON.parse(init.body) : undefined });
    const route = this.#routes.get(path);
    if (!route) return Response.json({ error: { code: "route.not_found" } }, { status: 404 });
    try {
      const answer = await route();
      if (answer === undefined) return new Response(null, { status: 204 });
      if (answer !== silence) return Response.json(answer);
    } catch (error) {
      if (!(error instanceof MaruClientError)) throw error;
      return Response.json({ error: toBody(error) }, { status: 400 });
    }
    return new Promise((_, reject) =>
      init.signal?.addEventListener("abort", () => reject(init.signal?.reason), { once: true }),
    );
  }

  #at(ms: number): string {
    return new Date(this.clock.now() + ms).toISOString();
  }
}

function toBody(error: unknown): ClientErrorBody {
  if (!(error instanceof MaruClientError)) throw error;
  const { code, message, temporary, params, retryAfterMs } = error;
  return { code, message, temporary, params, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
