import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Limits } from "@maru/protocol";
import { findFreePort } from "../free-port.ts";
import { Product } from "../product.ts";
import { readSigningKeys } from "../tokens.ts";
import { Balancer } from "./balancer.ts";
import { BusProcess } from "./bus-process.ts";
import { ClientLine } from "./client-line.ts";
import { DatabaseProcess } from "./database-process.ts";

/** One address stands for everybody here. */
const raised: Partial<Limits> = { connectionsPerAddress: 20_000 };

export type ClusterOptions = {
  readonly folder: string;
  /** Folder of a seeded database. */
  readonly data: string;
  readonly nodeCount: number;
  /** Modules that each node loads first; for planted faults. */
  readonly preload: readonly string[];
};

/** A node that comes back on its port. */
export class ClusterNode {
  readonly port = findFreePort();
  #product: Product | null = null;
  #startCount = 0;

  constructor(
    private readonly folder: string,
    private readonly env: Readonly<Record<string, string>>,
    private readonly preload: readonly string[],
  ) {}

  get isUp(): boolean {
    return this.#product !== null;
  }

  async start(): Promise<void> {
    this.#product = await Product.start({
      data: this.folder,
      port: this.port,
      limits: raised,
      env: this.env,
      preload: this.preload,
      log: `${this.folder}-${++this.#startCount}.log`,
    });
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

/** Everything that a run breaks: nodes on one database and one bus, behind a balancer, behind a bad network. */
export class Cluster {
  private constructor(
    readonly database: DatabaseProcess,
    readonly bus: BusProcess,
    readonly nodes: readonly ClusterNode[],
    readonly balancer: Balancer,
    readonly line: ClientLine,
  ) {}

  /** Where clients go. */
  get url(): string {
    return `http://127.0.0.1:${this.line.port}`;
  }

  static async start({ folder, data, nodeCount, preload }: ClusterOptions): Promise<Cluster> {
    const database = new DatabaseProcess(data);
    const bus = new BusProcess();
    await Promise.all([database.start(), bus.start()]);
    const [line, ports] = [findFreePort(), [] as number[]];
    const env = {
      DATABASE_URL: database.url,
      BUS_URL: bus.url,
      MARU_SECRET_KEY: crypto.randomUUID(),
      MARU_SIGNING_KEYS: await readSigningKeys(data),
      MARU_ORIGIN: `http://127.0.0.1:${line}`,
      MARU_TRUST_PROXY: "yes",
    };
    const nodes = Array.from({ length: nodeCount }, (_, i) => {
      const own = join(folder, `node-${i + 1}`);
      mkdirSync(own, { recursive: true });
      const node = new ClusterNode(own, env, preload);
      ports.push(node.port);
      return node;
    });
    await Promise.all(nodes.map((node) => node.start()));
    const balancer = await Balancer.start(join(folder, "nginx"), ports);
    const clientLine = new ClientLine(line, balancer.port);
    await clientLine.start();
    return new Cluster(database, bus, nodes, balancer, clientLine);
  }

  async stop(): Promise<void> {
    await this.line.stop();
    await this.balancer.stop();
    await Promise.all(this.nodes.map((node) => node.stop()));
    await this.bus.stop();
    await this.database.stop();
  }
}
