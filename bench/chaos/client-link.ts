import { connect, createServer, type Server, type Socket } from "node:net";

type Pair = {
  readonly client: Socket;
  readonly upstream: Socket;
  fate: Fate | null;
  /** What came while nothing went through, as in a router's buffer. */
  readonly held: { readonly to: Socket; readonly bytes: Buffer }[];
};

/**
 * What happens to a connection: a cut or a stall after so many more bytes, mostly in the middle of a frame; or a cut of
 * what comes back once something was asked, so that the server has done it and nobody knows.
 */
type Fate = { readonly kind: "cut" | "stall"; bytesLeft: number } | { readonly kind: "lose_answer"; isAsked: boolean };

/** The network between the clients and the balancer: cuts connections and stalls them in the middle of a frame. */
export class ClientLink {
  readonly counts = { cut: 0, stalled: 0, lostAnswers: 0 };
  readonly #pairs = new Set<Pair>();
  #server: Server | null = null;

  constructor(
    readonly port: number,
    private readonly targetPort: number,
  ) {}

  async start(): Promise<void> {
    const server = createServer((client) => this.#join(client));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.port, "127.0.0.1", resolve));
  }

  /** Cuts connections once a few more bytes have passed, without a goodbye to either side. */
  cut(count: number, random: () => number): void {
    for (const pair of this.#choose(count, random)) pair.fate = { kind: "cut", bytesLeft: Math.floor(random() * 300) };
  }

  /** Cuts connections when the answer to what they ask next comes back. */
  loseAnswers(count: number, random: () => number): void {
    for (const pair of this.#choose(count, random)) pair.fate = { kind: "lose_answer", isAsked: false };
  }

  /**
   * Stalls connections once a few more bytes have passed: nothing goes through in either direction, and neither side is
   * told. What came meanwhile goes on when `resume` is called, unless the client has given up.
   */
  stall(count: number, random: () => number): { resume(): void } {
    const stalled = this.#choose(count, random);
    for (const pair of stalled) pair.fate = { kind: "stall", bytesLeft: Math.floor(random() * 300) };
    return {
      resume: () => {
        for (const pair of stalled) {
          pair.fate = null;
          for (const { to, bytes } of pair.held.splice(0)) to.write(bytes);
          pair.client.resume();
          pair.upstream.resume();
        }
      },
    };
  }

  /** Connections that carry something now. */
  get connectionCount(): number {
    return this.#free().length;
  }

  async stop(): Promise<void> {
    for (const pair of this.#pairs) this.#end(pair);
    await new Promise<void>((resolve) => (this.#server ? this.#server.close(() => resolve()) : resolve()));
  }

  #choose(count: number, random: () => number): Pair[] {
    const free = this.#free();
    return Array.from({ length: Math.min(count, free.length) }, () =>
      free.splice(Math.floor(random() * free.length), 1),
    ).flat();
  }

  #free(): Pair[] {
    return [...this.#pairs].filter((pair) => pair.fate === null && pair.upstream.bytesRead > 0);
  }

  #join(client: Socket): void {
    const upstream = connect(this.targetPort, "127.0.0.1");
    const pair: Pair = { client, upstream, fate: null, held: [] };
    this.#pairs.add(pair);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.setNoDelay(true);
      from.on("data", (bytes: Buffer) => this.#carry(pair, from, to, bytes));
      from.on("end", () => to.end());
      from.on("error", () => this.#end(pair));
      from.on("close", () => this.#end(pair));
      to.on("drain", () => pair.held.length === 0 && from.resume());
    }
  }

  #carry(pair: Pair, from: Socket, to: Socket, bytes: Buffer): void {
    const { fate } = pair;
    if (fate?.kind === "lose_answer") return this.#carryQuestion(pair, fate, from, to, bytes);
    if (fate === null || fate.bytesLeft >= bytes.length) {
      if (fate) fate.bytesLeft -= bytes.length;
      if (!to.write(bytes)) from.pause();
      return;
    }
    to.write(bytes.subarray(0, fate.bytesLeft));
    if (fate.kind === "cut") {
      this.counts.cut++;
      this.#end(pair);
      return;
    }
    if (pair.held.length === 0) this.counts.stalled++;
    pair.held.push({ to, bytes: bytes.subarray(fate.bytesLeft) });
    fate.bytesLeft = 0;
    from.pause();
  }

  #carryQuestion(pair: Pair, fate: Fate & { kind: "lose_answer" }, from: Socket, to: Socket, bytes: Buffer): void {
    if (from === pair.client) fate.isAsked = true;
    else if (fate.isAsked) {
      this.counts.lostAnswers++;
      this.#end(pair);
      return;
    }
    if (!to.write(bytes)) from.pause();
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.client.destroy();
    pair.upstream.destroy();
  }
}
