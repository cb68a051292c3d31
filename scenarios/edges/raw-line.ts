import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";

/** How long something is waited for on a line, in ms; nothing at all is what is counted as a hang. */
const patienceMs = 5_000;

export type RawFrame = { readonly opcode: number; readonly payload: Buffer };

/** Bits of a frame as a careless or hostile program may set them; by itself it is what a browser would write. */
export type FrameShape = {
  readonly opcode?: number;
  readonly isFinal?: boolean;
  readonly reserved?: number;
  readonly isMasked?: boolean;
  /** The length that its head claims, where that is not the payload's. */
  readonly claims?: bigint;
};

/** Writes a frame of the WebSocket protocol (RFC 6455, 5.2), with a mask of zeros. */
export function writeFrame(payload: Uint8Array | string, shape: FrameShape = {}): Buffer {
  const { opcode = 1, isFinal = true, reserved = 0, isMasked = true } = shape;
  const body = Buffer.from(payload as string);
  const length = shape.claims ?? BigInt(body.length);
  const mask = isMasked ? 0x80 : 0;
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode;
  const head = Buffer.alloc(length < 126n ? 2 : length < 65_536n ? 4 : 10);
  head[0] = first;
  head[1] = mask | (head.length === 2 ? Number(length) : head.length === 4 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(Number(length), 2);
  if (head.length === 10) head.writeBigUInt64BE(length, 2);
  return Buffer.concat([head, Buffer.alloc(isMasked ? 4 : 0), body]);
}

/** One TCP connection to a server, on which bytes are said as they are. */
export class RawLine {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #hasEnded = false;
  #wake: () => void = () => {};

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    const end = () => {
      this.#hasEnded = true;
      this.#wake();
    };
    this.#socket.on("data", (part: Buffer) => {
      this.#received = Buffer.concat([this.#received, part]);
      this.#wake();
    });
    this.#socket.on("error", end).on("end", end).on("close", end);
  }

  say(bytes: Uint8Array | string): void {
    this.#socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** The head of the answer and what had come of its body when the body was whole or nothing more came; null for an end without one. */
  async readAnswer(): Promise<{ status: number; head: string; body: string } | null> {
    const at = await this.#until(() => {
      const end = this.#received.indexOf("\r\n\r\n");
      return end < 0 ? null : end + 4;
    });
    if (at === null) return null;
    const head = this.#received.subarray(0, at).toString("latin1");
    this.#received = this.#received.subarray(at);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
    const length = status === 101 ? 0 : Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
    await this.#until(() => (this.#received.length >= length ? true : null));
    return { status, head, body: status === 101 ? "" : this.#received.toString() };
  }

  /** The next frame of the server; null once the line has ended. */
  async readFrame(): Promise<RawFrame | null> {
    return this.#until(() => {
      const [, second = 0] = this.#received;
      if (this.#received.length < 2) return null;
      const short = second & 127;
      const start = short === 126 ? 4 : short === 127 ? 10 : 2;
      if (this.#received.length < start) return null;
      const length = short < 126 ? short : readLength(this.#received, short);
      if (this.#received.length < start + length) return null;
      const frame = { opcode: (this.#received[0] ?? 0) & 15, payload: this.#received.subarray(start, start + length) };
      this.#received = this.#received.subarray(start + length);
      return frame;
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** What `look` finds as soon as it does; null at the end of the line. Throws when neither comes. */
  async #until<T>(look: () => T | null): Promise<T | null> {
    for (;;) {
      const found = look();
      if (found !== null || this.#hasEnded) return found;
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error("nothing came, and no end")), patienceMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

function readLength(bytes: Buffer, short: number): number {
  return short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
}

/** What a server that took the socket says to a key (RFC 6455, 4.2.2). */
export const acceptOf = (key: string): string =>
  createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
