import {
  type CommandName,
  type ErrorCode,
  type MatchState,
  protocolVersion,
  pushesOf,
  type ReplyFrame,
  type ServerFrame,
} from "@maru/protocol";
import type { CrowdMember } from "../../testing/crowd.ts";

/** One real socket of somebody, no heavier than a thousand in a test may be. */
export class MatchSocket {
  /** What it was told of its matching, in order. */
  readonly told: MatchState[] = [];
  /** Resolves with the first match that is pushed; fails when the socket closes before. */
  readonly matched: Promise<Extract<MatchState, { state: "matched" }>>;
  readonly #socket: WebSocket;
  readonly #replies = new Map<number, (reply: ReplyFrame) => void>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    const matched = Promise.withResolvers<Extract<MatchState, { state: "matched" }>>();
    this.matched = matched.promise;
    this.matched.catch(() => {});
    socket.onclose = ({ code }) => matched.reject(new Error(`Closed with ${code} before it was matched.`));
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(String(data)) as ServerFrame;
      for (const push of pushesOf(frame) ?? []) {
        if (push.push !== "match.changed") continue;
        this.told.push(push.match);
        if (push.match.state === "matched") matched.resolve(push.match);
      }
      if ("id" in frame) this.#replies.get(frame.id)?.(frame);
    };
  }

  /** Opens a socket to a server, from an address of its own, without connecting. */
  static async open(port: number, address: string): Promise<MatchSocket> {
    const url = `ws://127.0.0.1:${port}/realtime?v=${protocolVersion}`;
    // Bun's client takes headers as the DOM's does not.
    const socket = new WebSocket(url, { headers: { "x-forwarded-for": address } } as unknown as string[]);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error(`${url} does not answer.`));
    });
    return new MatchSocket(socket);
  }

  /** Opens a socket and connects as somebody. */
  static async connect(port: number, address: string, { token }: CrowdMember): Promise<MatchSocket> {
    const socket = await MatchSocket.open(port, address);
    const code = await socket.codeOf("connect", { token, device: "test" });
    if (code !== "ok") throw new Error(`The connection was refused with ${code}.`);
    return socket;
  }

  ask(cmd: CommandName, d: unknown = {}): Promise<ReplyFrame> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#replies.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, cmd, d }));
    });
  }

  /** Code of the error that a command is answered with, or `ok`. */
  async codeOf(cmd: CommandName, d: unknown = {}): Promise<ErrorCode | "ok"> {
    const reply = await this.ask(cmd, d);
    return "err" in reply ? reply.err.code : "ok";
  }

  close(): void {
    this.#socket.close();
  }
}
