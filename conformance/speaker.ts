import {
  type CommandArgument,
  type CommandName,
  type CommandOutput,
  commands,
  describeError,
  type ErrorBody,
  type ErrorCode,
  errors,
  isErrorCode,
  type Locale,
  type Push,
  type PushName,
  pushes,
  type ReplyFrame,
} from "@maru/protocol";
import type { Ending, RawSocket } from "./raw-socket.ts";
import { opcodes, type ReceivedFrame } from "./wire-frame.ts";

/** What was heard of the protocol and fitted its schema: how much of it a run has held the server against. */
export class Coverage {
  /** Commands that succeeded. */
  readonly commands = new Set<CommandName>();
  readonly pushes = new Set<PushName>();
}

/** Speaks the protocol over a raw socket and holds everything it hears against the schemas. */
export class Speaker {
  readonly socket: RawSocket;
  readonly pushes: Push[] = [];
  readonly #replies = new Map<number, ReplyFrame>();
  readonly #asked = new Map<number, CommandName | null>();
  #locale: Locale = "ko";
  #nextId = 1;

  readonly #coverage: Coverage;

  constructor(socket: RawSocket, coverage = new Coverage()) {
    this.socket = socket;
    this.#coverage = coverage;
  }

  /** Sends a command and tells its id; the reply is read by {@link replyTo}. */
  send<N extends CommandName>(cmd: N, d: CommandArgument<N>): number {
    const id = this.#nextId++;
    this.#asked.set(id, cmd);
    if (cmd === "connect") this.#locale = (d as CommandArgument<"connect">).locale ?? "ko";
    this.socket.sendText(JSON.stringify({ id, cmd, d }));
    return id;
  }

  /** Sends a frame as it is. */
  say(text: string): void {
    this.socket.sendText(text);
  }

  /** An id for a command that the case writes itself; its reply is expected. */
  expect(): number {
    const id = this.#nextId++;
    this.#asked.set(id, null);
    return id;
  }

  /** Reads until a command is answered. */
  async replyTo(id: number): Promise<ReplyFrame> {
    for (;;) {
      const reply = this.#replies.get(id);
      if (reply) {
        this.#replies.delete(id);
        return reply;
      }
      await this.#receiveNext(`command ${id} was answered`);
    }
  }

  async ask<N extends CommandName>(cmd: N, d: CommandArgument<N>): Promise<ReplyFrame> {
    return this.replyTo(this.send(cmd, d));
  }

  async expectOk<N extends CommandName>(cmd: N, d: CommandArgument<N>): Promise<CommandOutput<N>> {
    return this.okOf(cmd, this.send(cmd, d));
  }

  /** The output of a command that was sent before. */
  async okOf<N extends CommandName>(cmd: N, id: number): Promise<CommandOutput<N>> {
    const reply = await this.replyTo(id);
    if ("err" in reply) throw new Error(`${cmd} failed with ${reply.err.code}`);
    // Held against the schema of this very command when it was heard.
    return reply.ok as CommandOutput<N>;
  }

  async expectError<N extends CommandName>(code: ErrorCode, cmd: N, d: CommandArgument<N>): Promise<ErrorBody> {
    return this.errorOf(code, this.send(cmd, d));
  }

  async errorOf(code: ErrorCode, id: number): Promise<ErrorBody> {
    const reply = await this.replyTo(id);
    if (!("err" in reply)) throw new Error(`it succeeded instead of failing with ${code}`);
    if (reply.err.code !== code) throw new Error(`it failed with ${reply.err.code} instead of ${code}`);
    return reply.err;
  }

  /** Proves that the connection lives, and that everything that was on its way before has been heard. */
  async isAlive(): Promise<void> {
    await this.expectOk("connection.beat", {});
  }

  /** Reads until a push of this name has come that fits. */
  async expectPush<N extends PushName>(
    name: N,
    fits: (push: Extract<Push, { push: N }>) => boolean = () => true,
    withinMs?: number,
  ): Promise<Extract<Push, { push: N }>> {
    for (let at = 0; ; at++) {
      while (at >= this.pushes.length) await this.#receiveNext(`a push ${name} came`, withinMs);
      // The compiler does not see that the name chooses the member of the union.
      const push = this.pushes[at] as unknown as Extract<Push, { push: N }>;
      if (push.push === name && fits(push)) return push;
    }
  }

  /** Reads to the end of the connection and tells its close code; null when TCP ended without one. */
  async expectClose(): Promise<number | null> {
    const ending: Ending = await this.socket.readEnding();
    return ending.by === "close" ? ending.code : null;
  }

  async #receiveNext(awaited: string, withinMs?: number): Promise<void> {
    const frame = await this.socket.nextFrame(withinMs);
    if (frame === null) throw new Error(`the connection ended before ${awaited}`);
    if (frame.opcode === opcodes.close) {
      const code = frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : "no code";
      throw new Error(`the server closed with ${code} before ${awaited}`);
    }
    if (frame.opcode === opcodes.ping) return this.socket.send({ opcode: opcodes.pong, payload: frame.payload });
    if (frame.opcode !== opcodes.pong) this.#hear(frame);
  }

  #hear(frame: ReceivedFrame): void {
    if (frame.isMasked || frame.reserved !== 0 || frame.opcode !== opcodes.text || !frame.fin)
      throw new Error("the server sent something other than a whole text frame without a mask");
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(frame.payload));
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new Error("a frame is no JSON object");
    if ("id" in value) this.#receiveReply(value as ReplyFrame);
    else if ("pushes" in value && Array.isArray(value.pushes)) for (const push of value.pushes) this.#hearPush(push);
    else this.#hearPush(value);
  }

  #receiveReply(reply: ReplyFrame): void {
    const cmd = this.#asked.get(reply.id);
    if (cmd === undefined) throw new Error(`command ${reply.id} was answered twice, or never asked`);
    this.#asked.delete(reply.id);
    const keys = Object.keys(reply).sort().join(" ");
    if (keys !== "id ok" && keys !== "err id") throw new Error(`a reply has the fields ${keys}`);
    if ("err" in reply) checkError(reply.err, this.#locale);
    else if (cmd !== null) {
      judge(commands[cmd].output, reply.ok, `the reply to ${cmd}`);
      this.#coverage.commands.add(cmd);
    }
    this.#replies.set(reply.id, reply);
  }

  #hearPush(push: unknown): void {
    const name = (push as { push?: unknown } | null)?.push;
    if (typeof name !== "string" || !Object.hasOwn(pushes, name)) {
      throw new Error(`a push is called ${JSON.stringify(name)}, which the protocol does not know`);
    }
    judge(pushes[name as PushName], push, `the push ${name}`);
    this.#coverage.pushes.add(name as PushName);
    this.pushes.push(push as Push);
  }
}

type Schema = {
  safeParse(value: unknown): { success: boolean; error?: { issues: { path: PropertyKey[]; message: string }[] } };
};

function judge(schema: Schema, value: unknown, what: string): void {
  const issue = schema.safeParse(value).error?.issues[0];
  if (issue) throw new Error(`${what} does not fit its schema at «${issue.path.join(".")}»: ${issue.message}`);
}

/** Holds an error against the catalogue: its code, its words in the connection's language, whether it is temporary. */
function checkError(error: ErrorBody, locale: Locale): void {
  const { code, message, temporary, params } = error;
  if (!isErrorCode(code)) throw new Error(`the catalogue has no error ${code}`);
  if (message !== describeError(code, locale, params))
    throw new Error(`${code} says «${message}», unlike the catalogue`);
  if (temporary !== errors[code].temporary) throw new Error(`${code} is temporary: ${temporary}, unlike the catalogue`);
  const known = ["code", "message", "temporary", "params", "fields", "retryAfterMs", "requestId"];
  const unknown = Object.keys(error).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`${code} carries ${unknown.join(", ")}`);
}
