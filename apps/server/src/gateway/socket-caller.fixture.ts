import type { CommandName, ErrorBody, ErrorCode, Push, PushName, ReplyFrame } from "@maru/protocol";
import { eventually } from "@maru/testkit";

/** One socket from the client's side: says what it likes, and remembers all it hears. */
export class SocketCaller {
  readonly replies: ReplyFrame[] = [];
  readonly pushes: Push[] = [];
  /** The close code, once there is one. */
  readonly closed: Promise<number>;
  closeCode: number | null = null;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: ReplyFrame) => void>();
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.onclose = ({ code }) => {
        this.closeCode = code;
        resolve(code);
      };
    });
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(String(data)));
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<SocketCaller> {
    // Bun's client takes headers as the DOM's does not: a browser sends an Origin, and so must these tests.
    const socket = new WebSocket(url, { headers } as unknown as string[]);
    const caller = new SocketCaller(socket);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      void caller.closed.then((code) => reject(new Error(`The socket was closed with ${code} before it was open.`)));
    });
    return caller;
  }

  say(frame: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(frame);
  }

  /** Sends a command so many times without waiting, with ids that {@link ask} does not use. */
  flood(cmd: CommandName, count: number): void {
    for (let n = 0; n < count; n++) this.say(JSON.stringify({ id: 100_000 + n, cmd }));
  }

  /** Sends a command and tells its reply; fails when the socket closes instead. */
  async ask(cmd: CommandName, d: unknown = {}): Promise<ReplyFrame> {
    const id = this.#nextId++;
    const replied = this.replyTo(id);
    this.say(JSON.stringify({ id, cmd, d }));
    return replied;
  }

  /** The reply to a command of which the test writes the id itself. */
  replyTo(id: number): Promise<ReplyFrame> {
    const replied = new Promise<ReplyFrame>((resolve) => this.#waiting.set(id, resolve));
    const lost = this.closed.then((code) => {
      throw new Error(`Closed with ${code} before command ${id} was answered.`);
    });
    return Promise.race([replied, lost]);
  }

  async expectOk(cmd: CommandName, d: unknown = {}): Promise<unknown> {
    const reply = await this.ask(cmd, d);
    if ("err" in reply) throw new Error(`${cmd} was answered with ${reply.err.code}.`);
    return reply.ok;
  }

  async expectError(code: ErrorCode, cmd: CommandName, d: unknown = {}): Promise<ErrorBody> {
    const reply = await this.ask(cmd, d);
    if (!("err" in reply)) throw new Error(`${cmd} succeeded instead of failing with ${code}.`);
    if (reply.err.code !== code) throw new Error(`${cmd} failed with ${reply.err.code} instead of ${code}.`);
    return reply.err;
  }

  /** Proves that the connection is alive and ready, and that all it said before has been heard. */
  async isAlive(): Promise<true> {
    await this.expectOk("connection.beat");
    return true;
  }

  /** The first push of a name that was heard or will be. */
  expectPush(name: PushName): Promise<Push> {
    return eventually(`a push ${name}`, () => this.pushes.find(({ push }) => push === name));
  }

  ping(): void {
    this.#socket.ping();
  }

  pong(): void {
    this.#socket.pong();
  }

  /** Goes away without a word. */
  leave(): void {
    this.#socket.terminate();
  }

  #hear(frame: ReplyFrame | Push | { pushes: Push[] }): void {
    if ("pushes" in frame) this.pushes.push(...frame.pushes);
    else if ("push" in frame) this.pushes.push(frame);
    else {
      this.replies.push(frame);
      this.#waiting.get(frame.id)?.(frame);
      this.#waiting.delete(frame.id);
    }
  }
}
