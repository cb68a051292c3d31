import type { Person } from "./person.ts";
import { type HandshakeHeaders, makeHandshake, RawSocket } from "./raw-socket.ts";
import { Coverage, Speaker } from "./speaker.ts";

/** One thing that a server must do. Names are stable: deviations and reports go by them. */
export type Case = {
  /** `area.what-it-is`. */
  readonly name: string;
  /** What the server does, as a sentence without a subject. */
  readonly doc: string;
  /** True when it might meet people of the server. */
  readonly needsToBeAlone?: true;
  /** Fails by throwing what it saw instead. */
  readonly run: (stage: Stage) => Promise<void>;
};

/** How long anything that must happen may take, in ms. */
const usualPatienceMs = 5_000;

export type StageOptions = {
  readonly patienceMs?: number;
  /** Notes what the server has shown of the protocol. */
  readonly coverage?: Coverage;
};

/** How long a server may put off who opens a socket. */
const maxSocketWaitMs = 20_000;

/** What a case has at hand. Everything it opens is closed when it is over. */
export class Stage {
  readonly url: URL;
  readonly alice: Person;
  readonly bob: Person;
  readonly carol: Person;
  readonly #patienceMs: number;
  readonly #coverage: Coverage;
  readonly #open: RawSocket[] = [];

  constructor(
    url: URL,
    [alice, bob, carol]: readonly [Person, Person, Person],
    { patienceMs = usualPatienceMs, coverage = new Coverage() }: StageOptions = {},
  ) {
    this.url = url;
    this.#patienceMs = patienceMs;
    this.#coverage = coverage;
    this.alice = alice;
    this.bob = bob;
    this.carol = carol;
  }

  /** TCP alone. */
  async dial(): Promise<RawSocket> {
    const socket = await RawSocket.dial(this.url, this.#patienceMs);
    this.#open.push(socket);
    return socket;
  }

  /** A socket after the handshake that has said nothing yet. */
  async open(headers: HandshakeHeaders = {}, path?: string): Promise<RawSocket> {
    for (const started = Date.now(); ; ) {
      const socket = await this.dial();
      socket.write(makeHandshake(this.url, headers, path === undefined ? {} : { path }).bytes);
      const { status, headers: answer } = await socket.readHead();
      if (status === 101) return socket;
      socket.drop();
      const waitMs = Number(answer.get("retry-after") ?? Number.NaN) * 1_000;
      // The suite opens sockets faster than an address may: who says when to come back is obeyed.
      const mayWait = status === 429 && waitMs > 0 && Date.now() + waitMs - started <= maxSocketWaitMs;
      if (!mayWait) throw new Error(`the handshake was answered with ${status}`);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }

  /** The same, to be spoken with in commands. */
  async openSpeaker(): Promise<Speaker> {
    return new Speaker(await this.open(), this.#coverage);
  }

  /** A connection of a person, ready. */
  async connect(person: Person, locale: "ko" | "en" = "ko"): Promise<Speaker> {
    const speaker = await this.openSpeaker();
    await speaker.expectOk("connect", { token: person.token, device: "conformance", locale });
    return speaker;
  }

  close(): void {
    for (const socket of this.#open.splice(0)) socket.drop();
  }
}

/** Fails the case unless it holds; `reason` says what was seen. */
export function must(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new Error(reason);
}

/** Fails the case unless the two are the same JSON. */
export function mustEqual(seen: unknown, wanted: unknown, what: string): void {
  if (!Bun.deepEquals(seen, wanted))
    throw new Error(`${what}: ${JSON.stringify(seen)} instead of ${JSON.stringify(wanted)}`);
}
