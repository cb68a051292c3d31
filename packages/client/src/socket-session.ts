import {
  type Clock,
  type CommandArgument,
  type CommandFrame,
  type CommandName,
  type CommandOutput,
  type Push,
  pushesOf,
  type ServerFrame,
  type Timer,
} from "@maru/protocol";
import { MaruClientError, unreachable } from "./client-error.ts";
import type { SocketConstructor, SocketLike } from "./ports.ts";

/** How long an answer may take before the socket counts as dead, in ms. */
const answerMs = 15_000;

type Unanswered = {
  readonly resolve: (output: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
};

export type SocketHandlers = {
  readonly onOpen: () => void;
  readonly onPush: (push: Push) => void;
  /** Once, with the close code; 1006 where there was none. */
  readonly onClose: (code: number) => void;
};

/** One socket: commands out, their answers and pushes in. Ends once and is not used again. */
export class SocketSession {
  readonly #socket: SocketLike;
  readonly #clock: Clock;
  readonly #handlers: SocketHandlers;
  readonly #unanswered = new Map<number, Unanswered>();
  #lastId = 0;
  #isClosed = false;

  constructor(url: string, Socket: SocketConstructor, clock: Clock, handlers: SocketHandlers) {
    this.#clock = clock;
    this.#handlers = handlers;
    const socket = new Socket(url);
    this.#socket = socket;
    socket.onopen = () => handlers.onOpen();
    socket.onmessage = (event: { data: unknown }) => this.#receive(event.data);
    socket.onclose = (event: { code?: number }) => this.#end(event.code ?? 1006);
    // A close follows every error and says more.
    socket.onerror = () => {};
  }

  /** Sends a command; rejects with the server's error, or `server.unavailable` when the socket ends without an answer. */
  command<N extends CommandName>(cmd: N, d: CommandArgument<N>): Promise<CommandOutput<N>> {
    if (this.#isClosed) return Promise.reject(unreachable());
    const id = ++this.#lastId;
    return new Promise<CommandOutput<N>>((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => this.close(1006), answerMs);
      this.#unanswered.set(id, { resolve, reject, timer });
      this.#socket.send(JSON.stringify({ id, cmd, d } satisfies CommandFrame));
    });
  }

  /** Ends it from this side; told as `code` at once, because a dead network never answers a close. */
  close(code = 1000): void {
    if (this.#isClosed) return;
    this.#socket.close();
    this.#end(code);
  }

  #receive(data: unknown): void {
    if (this.#isClosed || typeof data !== "string") return;
    const frame = JSON.parse(data) as ServerFrame;
    const pushes = pushesOf(frame);
    if (pushes) {
      for (const push of pushes) this.#handlers.onPush(push);
      return;
    }
    const reply = frame as Exclude<ServerFrame, Push | { pushes: readonly Push[] }>;
    const asked = this.#unanswered.get(reply.id);
    if (!asked) return;
    this.#unanswered.delete(reply.id);
    this.#clock.clearTimeout(asked.timer);
    if ("ok" in reply) asked.resolve(reply.ok as never);
    else asked.reject(new MaruClientError(reply.err));
  }

  #end(code: number): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { reject, timer } of this.#unanswered.values()) {
      this.#clock.clearTimeout(timer);
      reject(unreachable());
    }
    this.#unanswered.clear();
    this.#handlers.onClose(code);
  }
}
