import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { BusProcess } from "./bus-process.ts";
import { DatabaseProcess } from "./database-process.ts";
import { findFreePort } from "./free-port.ts";
import { Product, type RaisedLimits } from "./product.ts";
import { readSigningKeys } from "./tokens.ts";

type NodeOptions = {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly limits: RaisedLimits;
  readonly preload: readonly string[];
  readonly profile?: string | undefined;
};

/** One node of a cluster, that comes back on its port. */
export class ClusterNode {
  readonly port = findFreePort();
  #product: Product | null = null;
  #startCount = 0;

  constructor(private readonly options: NodeOptions) {}

  /** The running process. */
  get product(): Product {
    if (!this.#product) throw new Error("The node is down.");
    return this.#product;
  }

  async start(): Promise<void> {
    const { folder, ...options } = this.options;
    mkdirSync(folder, { recursive: true });
    const log = `${folder}-${++this.#startCount}.log`;
    this.#product = await Product.start({ ...options, data: folder, port: this.port, log });
  }

  /** Brings it up however long what it needs is away. */
  async startSomehow(): Promise<void> {
    for (;;) {
      try {
        return await this.start();
      } catch {
        await Bun.sleep(200);
      }
    }
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#product?.child.kill(name);
  }

  async kill(): Promise<void> {
    const product = this.#product;
    this.#product = null;
    product?.child.kill("SIGKILL");
    await product?.child.exited;
  }

  /** Lets it end in order. */
  async stop(): Promise<void> {
    const product = this.#product;
    this.#product = null;
    product?.child.kill("SIGCONT");
    await product?.stop();
  }
}

export type NodesOptions = {
  readonly folder: string;
  /** Folder of a seeded database. */
  readonly data: string;
  readonly count: number;
  readonly limits: RaisedLimits;
  /** Addresses under which clients reach them; their own when there are none. */
  readonly origins?: readonly string[];
  readonly preload?: readonly string[];
  readonly profile?: string | undefined;
};

/** Several nodes on one database and one bus, each in a process of its own. */
export class Nodes {
  private constructor(
    readonly database: DatabaseProcess,
    readonly bus: BusProcess,
    readonly list: readonly ClusterNode[],
  ) {}

  static async start(options: NodesOptions): Promise<Nodes> {
    const { folder, data, count, limits, preload = [], profile } = options;
    const database = new DatabaseProcess(data);
    const bus = new BusProcess();
    await Promise.all([database.start(), bus.start()]);
    const env = {
      DATABASE_URL: database.url,
      BUS_URL: bus.url,
      MARU_SIGNING_KEYS: await readSigningKeys(data),
      // What the database was sealed with while it was seeded; a node with another secret does not start.
      MARU_SECRET_KEY: (await Bun.file(join(data, "secret-key")).text()).trim(),
      MARU_TRUST_PROXY: "yes",
      ...(options.origins === undefined ? {} : { MARU_ORIGIN: options.origins.join(",") }),
    };
    const list = Array.from(
      { length: count },
      (_, i) => new ClusterNode({ folder: join(folder, `node-${i + 1}`), env, limits, preload, profile }),
    );
    const nodes = new Nodes(database, bus, list);
    const starts = await Promise.allSettled(list.map((node) => node.start()));
    const failed = starts.find((start) => start.status === "rejected");
    if (failed) {
      await nodes.stop();
      throw failed.reason;
    }
    return nodes;
  }

  async stop(): Promise<void> {
    await Promise.all(this.list.map((node) => node.stop()));
    await this.bus.stop();
    await this.database.stop();
  }
}
