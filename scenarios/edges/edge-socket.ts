import { type ErrorBody, httpPaths, protocolVersion } from "@maru/protocol";

/** What came back: an answer, the end of the connection, or nothing for a long time. */
export type Answer =
  | { readonly ok: unknown; readonly err?: undefined }
  | { readonly ok?: undefined; readonly err: ErrorBody }
  | { readonly ok?: undefined; readonly err?: undefined; readonly ended: string };

/** A browser's patience with one command, in ms. */
const patienceMs = 10_000;

/** A connection on which frames are said as they are written. */
export class EdgeSocket {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #nextId = 1;
  #end: string | null = null;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(String(data)) as { id?: number } & Answer;
      if (frame.id !== undefined) this.#settle(frame.id, frame);
    });
    socket.addEventListener("close", ({ code }) => {
      this.#end = `closed with ${code}`;
      for (const id of [...this.#waiting.keys()]) this.#settle(id, { ended: this.#end });
    });
  }

  static async open(url: string, address: string): Promise<EdgeSocket> {
    const at = `${url.replace(/^http/, "ws")}${httpPaths.realtime}?v=${protocolVersion}`;
    const socket = new WebSocket(at, { headers: { "x-forwarded-for": address } } as never);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    return new EdgeSocket(socket);
  }

  /** Asks with `d` as JSON, whatever it says. */
  ask(cmd: string, json: string): Promise<Answer> {
    const id = this.#nextId++;
    if (this.#end !== null) return Promise.resolve({ ended: this.#end });
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(id, { ended: "never answered" }), patienceMs);
      this.#waiting.set(id, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.#socket.send(`{"id":${id},"cmd":${JSON.stringify(cmd)},"d":${json}}`);
    });
  }

  /** Asks for what a good answer is expected to. */
  async expectOk<T>(cmd: string, d: unknown): Promise<T> {
    const answer = await this.ask(cmd, JSON.stringify(d));
    if (answer.ok === undefined) throw new Error(`${cmd} failed: ${JSON.stringify(answer)}`);
    return answer.ok as T;
  }

  get isOpen(): boolean {
    return this.#end === null;
  }

  close(): void {
    this.#socket.close();
  }

  #settle(id: number, answer: Answer): void {
    this.#waiting.get(id)?.(answer);
    this.#waiting.delete(id);
  }
}
