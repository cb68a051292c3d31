import type { Clock, CommandArgument, CommandFrame, CommandName, CommandOutput, Timer } from "@maru/protocol";
import { MaruClientError, unreachable } from "../client-error.ts";
import type { SocketConstructor, SocketLike } from "../ports.ts";
import { type ReceivedPush, readFrame, readReply } from "./read-frame.ts";

/** How long an answer may take before the socket counts as dead, in ms. */
const answerMs = 15_000;

type Unanswered = {
  readonly cmd: CommandName;
  readonly resolve: (output: never) => void;
  readonly reject: (error: Error) => void;
  readonly timer: Timer;
};

export type SocketHandlers = {
  readonly onOpen: () => void;
  readonly onPush: (push: ReceivedPush) => void;
  /** Once, with the close code; 1006 where there was none. */
  readonly onClose: (code: number) => void;
};

/**
 * One socket: commands out, their answers and pushes in. Ends once and is not used again; one that speaks something else
 * than the protocol is ended from this side, as 1006.
 */
export class SocketSession {
  readonly #socket: SocketLike;
  readonly #clock: Clock;
  readonly #handlers: SocketHandlers;
  readonly #unanswered = new Map<number, Unanswered>();
  #lastId = 0;
  #isClosed = false;

  /** Throws where the platform refuses to open a socket at all. */
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

  /**
   * Sends a command; rejects with the server's error, or `server.unavailable` when the socket ends without an answer. No
   * answer within the time given ends the socket.
   */
  command<N extends CommandName>(cmd: N, d: CommandArgument<N>, withinMs = answerMs): Promise<CommandOutput<N>> {
    if (this.#isClosed) return Promise.reject(unreachable());
    const id = ++this.#lastId;
    return new Promise<CommandOutput<N>>((resolve, reject) => {
      const timer = this.#clock.setTimeout(() => this.close(1006), withinMs);
      this.#unanswered.set(id, { cmd, resolve, reject, timer });
      try {
        this.#socket.send(JSON.stringify({ id, cmd, d } satisfies CommandFrame));
      } catch {
        // Not open any more, although nobody has said so.
        this.close(1006);
      }
    });
  }

  /** Ends it from this side; reported as `code` at once, because a dead network never answers a close. */
  close(code = 1000): void {
    if (this.#isClosed) return;
    this.#socket.close();
    this.#end(code);
  }

  #receive(data: unknown): void {
    if (this.#isClosed) return;
    const frame = readFrame(data);
    if (frame.kind === "foreign") this.close(1006);
    if (frame.kind === "pushes") for (const push of frame.pushes) this.#handlers.onPush(push);
    if (frame.kind !== "reply") return;
    const asked = this.#unanswered.get(frame.id);
    if (!asked) return;
    this.#unanswered.delete(frame.id);
    this.#clock.clearTimeout(asked.timer);
    const answer = readReply(asked.cmd, frame);
    if (answer instanceof MaruClientError) asked.reject(answer);
    else asked.resolve(answer as never);
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
