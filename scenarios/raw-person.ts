import {
  type CommandArgument,
  type CommandName,
  type CommandOutput,
  csrfHeader,
  type ErrorBody,
  httpPaths,
  type Legal,
  type Push,
  type PushFrame,
  protocolVersion,
  pushesOf,
  type SignedIn,
} from "@maru/protocol";
import { password } from "./person.ts";

type Reply<N extends CommandName> =
  | { readonly ok: CommandOutput<N>; readonly err?: undefined }
  | { readonly ok?: undefined; readonly err: ErrorBody };

let count = 0;

/** An address that nobody else of this process has. */
export function newAddress(): string {
  count++;
  return `198.51.${(count >> 8) & 255}.${count & 255}`;
}

/** Calls a node over HTTP as a browser at an address with a cookie jar would. */
export function newBrowser(address = newAddress()) {
  const jar = new Map<string, string>();
  return {
    jar,
    async ask<T>(method: string, url: string, body?: unknown, headers: Record<string, string> = {}) {
      const response = await fetch(url, {
        method,
        headers: {
          "content-type": "application/json",
          [csrfHeader]: "1",
          "x-forwarded-for": address,
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [pair = ""] = cookie.split(";");
        jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
      }
      const text = await response.text();
      const answer = text === "" ? {} : (JSON.parse(text) as T & { error?: ErrorBody });
      return { status: response.status, headers: response.headers, body: answer as T & { error?: ErrorBody } };
    },
  };
}

/** Signs somebody new up, at an address and in a browser of their own. */
export async function newRawPerson(url: string) {
  const browser = newBrowser();
  const number = ++count;
  const email = `raw${number}-${process.pid}@maru.example`;
  const nickname = `날것${process.pid % 1000}${number}`;
  const { body: legal } = await browser.ask<Legal>("GET", url + httpPaths.legal);
  const consents = { terms: legal.terms.version, privacy: legal.privacy.version };
  const person = { email, password, nickname, isFourteenOrOver: true, consents };
  const { status, body } = await browser.ask<SignedIn>("POST", url + httpPaths.signUp, person);
  if (status !== 200) throw new Error(`sign-up failed: ${JSON.stringify(body)}`);
  const { accessToken } = body;
  return { email, nickname, browser, accessToken, connect: (at: string) => RawSocket.open(at, accessToken) };
}

/** One connection that says what it is told to, reads the answers and remembers what it is pushed. */
export class RawSocket {
  readonly pushes: Push[] = [];
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: never) => void>();
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const frame = JSON.parse(String(data)) as { id?: number };
      if (frame.id === undefined) return void this.pushes.push(...(pushesOf(frame as PushFrame) ?? []));
      this.#waiting.get(frame.id)?.(frame as never);
      this.#waiting.delete(frame.id);
    });
  }

  /** `from`: the address that a trusted proxy would name; sockets are counted by it. */
  static async open(url: string, token: string, from?: string): Promise<RawSocket> {
    const address = `${url.replace(/^http/, "ws")}${httpPaths.realtime}?v=${protocolVersion}`;
    // The runtime takes headers where browsers take protocols.
    const options = { headers: from === undefined ? {} : { "x-forwarded-for": from } } as unknown as string[];
    const socket = new WebSocket(address, options);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    const opened = new RawSocket(socket);
    await opened.expectOk("connect", { token });
    return opened;
  }

  ask<N extends CommandName>(cmd: N, d: CommandArgument<N>): Promise<Reply<N>> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, cmd, d }));
    });
  }

  async expectOk<N extends CommandName>(cmd: N, d: CommandArgument<N>): Promise<CommandOutput<N>> {
    const reply = await this.ask(cmd, d);
    if (reply.err) throw new Error(`${cmd} failed with ${reply.err.code}`);
    return reply.ok;
  }

  close(): void {
    this.#socket.close();
  }
}

/** Signs so many people up, a few at a time: a slow machine hashes few passwords at once. */
export async function newRawPeople(url: string, wanted: number) {
  const people: Awaited<ReturnType<typeof newRawPerson>>[] = [];
  while (people.length < wanted) {
    const few = Math.min(4, wanted - people.length);
    people.push(...(await Promise.all(Array.from({ length: few }, () => newRawPerson(url)))));
  }
  return people;
}
