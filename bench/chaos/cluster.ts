import { join } from "node:path";
import { findFreePort } from "../free-port.ts";
import { Nodes } from "../nodes.ts";
import type { RaisedLimits } from "../product.ts";
import { Balancer } from "./balancer.ts";
import { ClientLink } from "./client-link.ts";

/** One address stands for everybody here. */
const raised: RaisedLimits = { connectionsPerAddress: 20_000 };

export type ClusterOptions = {
  readonly folder: string;
  /** Folder of a seeded database. */
  readonly data: string;
  readonly nodeCount: number;
  /** Modules that each node loads first; for planted faults. */
  readonly preload: readonly string[];
};

/** Everything that a run breaks: nodes on one database and one bus, behind a balancer, behind a bad network. */
export class Cluster {
  private constructor(
    readonly nodes: Nodes,
    readonly balancer: Balancer,
    readonly line: ClientLink,
  ) {}

  /** Where clients go. */
  get url(): string {
    return `http://127.0.0.1:${this.line.port}`;
  }

  static async start({ folder, data, nodeCount, preload }: ClusterOptions): Promise<Cluster> {
    const port = findFreePort();
    const origins = [`http://127.0.0.1:${port}`];
    const nodes = await Nodes.start({ folder, data, count: nodeCount, limits: raised, origins, preload });
    const balancer = await Balancer.start(
      join(folder, "nginx"),
      nodes.list.map((node) => node.port),
    );
    const line = new ClientLink(port, balancer.port);
    await line.start();
    return new Cluster(nodes, balancer, line);
  }

  async stop(): Promise<void> {
    await this.line.stop();
    await this.balancer.stop();
    await this.nodes.stop();
  }
}
