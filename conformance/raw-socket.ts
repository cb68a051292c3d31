import { createHash, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { decodeFrame, encodeFrame, opcodes, type ReceivedFrame, type WireFrame } from "./wire-frame.ts";

/** What a server answers to a handshake. */
export type HttpHead = {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
};

/** How a connection ended: by a close frame with its code (null: without one), or by the end of TCP alone. */
export type Ending = { readonly by: "close"; readonly code: number | null } | { readonly by: "tcp" };

/** Headers of a handshake as RFC 6455 wants them; undefined leaves one out. */
export type HandshakeHeaders = Readonly<Record<string, string | undefined>>;

/**
 * A WebSocket client over bare TCP that does exactly what it is told, also what no client should: the only way to see
 * how a server takes what is wrong.
 */
export class RawSocket {
  readonly #socket: Socket;
  readonly #patienceMs: number;
  #bytes: Buffer = Buffer.alloc(0);
  #hasEnded = false;
  #wake: (() => void) | null = null;

  private constructor(socket: Socket, patienceMs: number) {
    this.#socket = socket;
    this.#patienceMs = patienceMs;
    socket.setNoDelay(true);
    socket.on("data", (part) => {
      this.#bytes = Buffer.concat([this.#bytes, Buffer.from(part)]);
      this.#wake?.();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#hasEnded = true;
      this.#wake?.();
    });
    socket.on("end", () => {
      this.#hasEnded = true;
      this.#wake?.();
    });
  }

  /** Opens TCP (or TLS for https) and says nothing yet; waits at most so long for anything that must happen. */
  static async dial(url: URL, patienceMs: number): Promise<RawSocket> {
    const isTls = url.protocol === "https:";
    const port = Number(url.port || (isTls ? 443 : 80));
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    const socket = isTls ? connectTls({ port, host, servername: host }) : connect(port, host);
    await new Promise<void>((resolve, reject) => {
      socket.once(isTls ? "secureConnect" : "connect", () => resolve());
      socket.once("error", reject);
    });
    return new RawSocket(socket, patienceMs);
  }

  write(bytes: string | Uint8Array): void {
    this.#socket.write(bytes);
  }

  send(frame: WireFrame): void {
    this.write(encodeFrame(frame));
  }

  sendText(text: string): void {
    this.send({ opcode: opcodes.text, payload: Buffer.from(text) });
  }

  /** Reads the server's answer to a handshake. */
  async readHead(): Promise<HttpHead> {
    const end = await this.#until("an answer to the handshake", () => {
      const at = this.#bytes.indexOf("\r\n\r\n");
      return at >= 0 ? at : this.#hasEnded ? -1 : null;
    });
    if (end < 0) return { status: 0, headers: new Map(), body: "" };
    const [statusLine = "", ...lines] = this.#bytes.subarray(0, end).toString("latin1").split("\r\n");
    this.#bytes = this.#bytes.subarray(end + 4);
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    const status = Number(statusLine.split(" ")[1]);
    const length = status === 101 ? 0 : Number(headers.get("content-length") ?? 0);
    await this.#until("the body of the answer", () => (this.#bytes.length >= length || this.#hasEnded ? true : null));
    const body = this.#bytes.subarray(0, length).toString();
    this.#bytes = this.#bytes.subarray(length);
    return { status, headers, body };
  }

  /** The next frame, or null when the connection has ended before one. */
  async nextFrame(withinMs = this.#patienceMs): Promise<ReceivedFrame | null> {
    const look = () => decodeFrame(this.#bytes) ?? (this.#hasEnded ? "ended" : null);
    const next = await this.#until("a frame, or the end of the connection", look, withinMs);
    if (next === "ended") return null;
    this.#bytes = next.rest;
    return next.frame;
  }

  /** Reads on until the connection ends, and returns how; what comes before is passed over. */
  async readEnding(): Promise<Ending> {
    let ending: Ending = { by: "tcp" };
    for (;;) {
      const frame = await this.nextFrame();
      if (frame === null) return ending;
      if (frame.opcode === opcodes.close) {
        ending = { by: "close", code: frame.payload.length >= 2 ? frame.payload.readUInt16BE(0) : null };
      }
    }
  }

  /** Ends the own half of TCP: nothing more will be said. */
  end(): void {
    this.#socket.end();
  }

  /** Ends TCP without a word. */
  drop(): void {
    this.#socket.destroy();
  }

  /** Ends TCP by a reset, as a crashed peer does. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  async #until<T>(what: string, look: () => T | null, withinMs = this.#patienceMs): Promise<T> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const found = look();
      if (found !== null) return found;
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw new Error(`${what} did not come within ${withinMs / 1_000} s`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = null;
    }
  }
}

/** The bytes of a handshake, and the proof that its answer must carry. */
export function makeHandshake(
  url: URL,
  headers: HandshakeHeaders = {},
  { method = "GET", path = "/realtime?v=1", version = "1.1" } = {},
): { readonly bytes: string; readonly accept: string } {
  const key = randomBytes(16).toString("base64");
  const all: HandshakeHeaders = {
    Host: url.host,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": key,
    "Sec-WebSocket-Version": "13",
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  const bytes = [`${method} ${path} HTTP/${version}`, ...lines, "", ""].join("\r\n");
  return { bytes, accept: makeAccept(key) };
}

/** The proof that a server has read the key (RFC 6455, section 4.2.2). */
export function makeAccept(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}
