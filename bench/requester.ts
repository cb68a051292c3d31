import {
  type CommandArgument,
  type CommandName,
  type CommandOutput,
  type Push,
  protocolVersion,
  pushesOf,
  type ServerFrame,
} from "@maru/protocol";
import { RuntimeSocket } from "./runtime-socket.ts";

/** One signed-in connection that asks and waits; for what a bench has to know, and for crowds that say little. */
export class Requester {
  readonly #socket: Bun.WebSocket;
  readonly #asked = new Map<number, { resolve(output: unknown): void; reject(error: Error): void }>();
  #lastId = 0;
  /** Called with each push. */
  onPush: (push: Push) => void = () => {};

  private constructor(socket: Bun.WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#hear(String(data)));
    socket.addEventListener("close", ({ code }) => {
      for (const { reject } of this.#asked.values()) reject(new Error(`closed with ${code}`));
    });
  }

  static async open(port: number, token: string): Promise<Requester> {
    const origin = `http://127.0.0.1:${port}`;
    const socket = new RuntimeSocket(`ws://127.0.0.1:${port}/realtime?v=${protocolVersion}`, { headers: { origin } });
    const requester = new Requester(socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", () => reject(new Error("the socket did not open")));
    });
    await requester.ask("connect", { token, device: "bench" });
    return requester;
  }

  ask<N extends CommandName>(cmd: N, d: CommandArgument<N>): Promise<CommandOutput<N>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      // The server's answer to a command has its type.
      this.#asked.set(id, { resolve: resolve as (output: unknown) => void, reject });
      this.#socket.send(JSON.stringify({ id, cmd, d }));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #hear(text: string): void {
    const frame = JSON.parse(text) as ServerFrame;
    const pushes = pushesOf(frame);
    if (pushes) return pushes.forEach((push) => void this.onPush(push));
    if (!("id" in frame)) return;
    const asked = this.#asked.get(frame.id);
    this.#asked.delete(frame.id);
    if ("err" in frame) asked?.reject(new Error(frame.err.code));
    else asked?.resolve(frame.ok);
  }
}
