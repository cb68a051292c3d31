import type { ClusterNode } from "../nodes.ts";
import type { Cluster } from "./cluster.ts";
import type { Fault, FaultKind, PlannedFault } from "./fault-plan.ts";
import type { History } from "./history.ts";
import type { SimulatedUser } from "./simulated-user.ts";

/** Longest wait for something that another fault has in hand, in ms. */
const pauseMs = 20;

/** Makes the faults of a plan happen, each at its time, and counts those that did. */
export class FaultMaker {
  readonly happened: Record<FaultKind, number> = {
    kill: 0,
    freeze: 0,
    drain: 0,
    bus_away: 0,
    database_away: 0,
    database_crash: 0,
    cut: 0,
    lose_answers: 0,
    stall: 0,
    reopen: 0,
  };
  /** What is broken just now; a second fault of the same thing waits for the first to end. */
  readonly #broken = new Set<unknown>();

  constructor(
    private readonly cluster: Cluster,
    private readonly users: readonly SimulatedUser[],
    private readonly history: History,
    private readonly random: () => number,
  ) {}

  /** Resolves when all faults are over and everything runs again. */
  async play(plan: readonly PlannedFault[]): Promise<void> {
    const startedAt = performance.now();
    await Promise.all(
      plan.map(async (fault) => {
        await Bun.sleep(Math.max(0, fault.atMs - (performance.now() - startedAt)));
        await this.#make(fault);
      }),
    );
  }

  async #make(fault: Fault): Promise<void> {
    const { cluster, random } = this;
    switch (fault.kind) {
      case "kill":
      case "freeze":
      case "drain":
        return this.#alone(fault, cluster.nodes.list[fault.node], (node) => this.#breakNode(fault, node));
      case "bus_away":
        return this.#alone(fault, cluster.nodes.bus, async (bus) => {
          await bus.kill();
          await Bun.sleep(fault.holdMs);
          await bus.start();
        });
      case "database_away":
        return this.#alone(fault, cluster.nodes.database, async (database) => {
          await database.stop();
          await Bun.sleep(fault.holdMs);
          await database.start();
        });
      case "database_crash":
        return this.#alone(fault, cluster.nodes.database, async (database) => database.crash());
      case "cut":
        return this.#alone(fault, {}, async () => {
          await this.#untilConnected(fault.count);
          cluster.line.cut(fault.count, random);
        });
      case "lose_answers":
        return this.#alone(fault, {}, async () => {
          await this.#untilConnected(fault.count);
          cluster.line.loseAnswers(fault.count, random);
        });
      case "stall":
        return this.#alone(fault, {}, async () => {
          await this.#untilConnected(fault.count);
          const stalled = cluster.line.stall(fault.count, random);
          await Bun.sleep(fault.holdMs);
          stalled.resume();
        });
      case "reopen":
        return this.#alone(fault, {}, async () => {
          const open = this.users.filter((user) => user.isOpen);
          const chosen = Array.from({ length: fault.count }, () => open[Math.floor(random() * open.length)]);
          await Promise.all([...new Set(chosen)].map((user) => user?.reopen()));
        });
      default:
        fault satisfies never;
    }
  }

  async #breakNode(fault: Fault, node: ClusterNode): Promise<void> {
    if (fault.kind === "freeze") {
      node.signal("SIGSTOP");
      await Bun.sleep(fault.holdMs);
      node.signal("SIGCONT");
      return;
    }
    await (fault.kind === "kill" ? node.kill() : node.stop());
    await Bun.sleep(fault.holdMs);
    await node.startSomehow();
  }

  /** Waits for connections that can be broken; another fault may have ended them all. */
  async #untilConnected(count: number): Promise<void> {
    while (this.cluster.line.connectionCount < count * 2) await Bun.sleep(pauseMs);
  }

  async #alone<T>(fault: Fault, thing: T | undefined, make: (thing: T) => Promise<void>): Promise<void> {
    if (thing === undefined) throw new Error(`There is nothing to ${fault.kind}.`);
    while (this.#broken.has(thing)) await Bun.sleep(pauseMs);
    this.#broken.add(thing);
    const words = JSON.stringify(fault);
    this.history.record({ is: "fault", what: `begins ${words}` });
    try {
      await make(thing);
      this.happened[fault.kind]++;
    } finally {
      this.#broken.delete(thing);
      this.history.record({ is: "fault", what: `over ${words}` });
    }
  }
}
