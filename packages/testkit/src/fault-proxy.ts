import { connect, createServer, type Server, type Socket } from "node:net";

type Direction = "down" | "up";

/** Bytes on their way through one direction of a connection, in order. */
type Lane = { readonly from: Socket; readonly to: Socket; readonly queue: Buffer[]; isFlowing: boolean };

type Pair = { readonly client: Socket; readonly server: Socket; readonly down: Lane; readonly up: Lane };

/** A cut that waits for its place: after so many more bytes in one direction. */
type Cut = { readonly direction: Direction; bytesLeft: number; readonly done: () => void };

/**
 * A bad network between a client and a server: forwards TCP and does to it what networks do. All faults last until `heal`.
 *
 * @example
 * const proxy = await FaultProxy.start(server.port);
 * const maru = createClient({ url: proxy.url });
 * await proxy.cut({ afterBytes: 10 }); // in the middle of the next frame that the server sends
 */
export class FaultProxy {
  /** Where connections go; another port once the server came back elsewhere. */
  targetPort: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #delayMs = 0;
  #sliceBytes = Number.POSITIVE_INFINITY;
  #isStalled = false;
  #isRefusing = false;
  #cuts: Cut[] = [];

  private constructor(server: Server, targetPort: number) {
    this.#server = server;
    this.targetPort = targetPort;
    server.on("connection", (client) => this.#join(client));
  }

  /** Listens on a free port of loopback. */
  static async start(targetPort: number): Promise<FaultProxy> {
    const server = createServer({ noDelay: true });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new FaultProxy(server, targetPort);
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address ? address.port : 0;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get connectionCount(): number {
    return this.#pairs.size;
  }

  /** Everything takes so much longer, in order. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Everything arrives in pieces of at most so many bytes. */
  slice(bytes: number): void {
    this.#sliceBytes = bytes;
  }

  /**
   * Ends all connections after so many more bytes towards the client (`down`) or the server (`up`), at once unless said;
   * what comes behind them is gone. Resolves when it has happened.
   */
  cut({ afterBytes = 0, direction = "down" }: { afterBytes?: number; direction?: Direction } = {}): Promise<void> {
    if (afterBytes > 0) {
      return new Promise((done) => this.#cuts.push({ direction, bytesLeft: afterBytes, done }));
    }
    for (const pair of [...this.#pairs]) this.#end(pair);
    return Promise.resolve();
  }

  /** Ends all connections by RST, as a machine that was rebooted answers. */
  reset(): void {
    for (const pair of [...this.#pairs]) {
      this.#pairs.delete(pair);
      pair.client.resetAndDestroy();
      pair.server.resetAndDestroy();
    }
  }

  /** Lets nothing through and tells nobody, as behind a pulled cable: connections stay half-open, new ones hang. */
  stall(): void {
    this.#isStalled = true;
  }

  /** Ends new connections at once. */
  refuse(): void {
    this.#isRefusing = true;
  }

  /** Ends all faults; what was held back goes on. */
  heal(): void {
    this.#delayMs = 0;
    this.#sliceBytes = Number.POSITIVE_INFINITY;
    this.#isStalled = false;
    this.#isRefusing = false;
    for (const { done } of this.#cuts.splice(0)) done();
    for (const pair of this.#pairs) for (const lane of [pair.down, pair.up]) void this.#flow(pair, lane);
  }

  async stop(): Promise<void> {
    await this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(client: Socket): void {
    if (this.#isRefusing) {
      client.on("error", () => {});
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: this.targetPort, host: "127.0.0.1", noDelay: true });
    const pair: Pair = {
      client,
      server,
      down: { from: server, to: client, queue: [], isFlowing: false },
      up: { from: client, to: server, queue: [], isFlowing: false },
    };
    this.#pairs.add(pair);
    for (const lane of [pair.down, pair.up]) {
      lane.from.on("data", (bytes: Buffer) => {
        lane.queue.push(bytes);
        void this.#flow(pair, lane);
      });
      lane.from.on("error", () => {});
      // A side that ends is not told of while the network is stalled.
      lane.from.on("close", () => {
        lane.queue.push(Buffer.alloc(0));
        void this.#flow(pair, lane);
      });
    }
  }

  async #flow(pair: Pair, lane: Lane): Promise<void> {
    if (lane.isFlowing) return;
    lane.isFlowing = true;
    while (lane.queue.length > 0 && !this.#isStalled && this.#pairs.has(pair)) {
      if (this.#delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#delayMs));
      if (this.#isStalled) break;
      const bytes = lane.queue.shift() as Buffer;
      if (bytes.length === 0) this.#end(pair);
      else await this.#carry(pair, lane, bytes);
    }
    lane.isFlowing = false;
  }

  /** Writes one piece, and cuts in the middle of it where a cut is due. */
  async #carry(pair: Pair, lane: Lane, bytes: Buffer): Promise<void> {
    const direction = lane === pair.down ? "down" : "up";
    const [cut] = this.#cuts.filter((each) => each.direction === direction).sort((a, b) => a.bytesLeft - b.bytesLeft);
    const take = Math.min(bytes.length, this.#sliceBytes, cut ? cut.bytesLeft : Number.POSITIVE_INFINITY);
    if (take < bytes.length) lane.queue.unshift(bytes.subarray(take));
    // A piece is a piece on the other side too only if it has left before the next one comes.
    await new Promise<void>((resolve) => lane.to.write(bytes.subarray(0, take), () => resolve()));
    if (take < bytes.length) await new Promise<void>((resolve) => setImmediate(resolve));
    for (const each of this.#cuts) if (each.direction === direction) each.bytesLeft -= take;
    if (cut && cut.bytesLeft <= 0) {
      this.#cuts = this.#cuts.filter((each) => each !== cut);
      await this.cut();
      cut.done();
    }
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.client.destroy();
    pair.server.destroy();
  }
}
