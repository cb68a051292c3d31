import type { Comparable, Sample } from "../against/comparable.ts";
import { Histogram } from "../histogram.ts";
import type { RunResult, RunSpec } from "../load/load-client.ts";
import { Product } from "../product.ts";
import type { Role, Stage } from "../stage.ts";
import { seedWorld } from "../world.ts";
import { crowdRoom, crowdSize, hotRoom, twentyRooms } from "./busy-rooms.ts";
import { connectIdle, idleWorld } from "./idle.ts";
import { listRunFaults, toMs } from "./part.ts";

type Spec = RunSpec extends infer S ? (S extends RunSpec ? Omit<S, "ms"> : never) : never;

/** A comparable in which people send: how many sends came through, and how long the last ones took. */
function sending(
  name: string,
  doc: string,
  part: {
    readonly roles: (stage: Stage) => readonly Role[];
    readonly spec: Spec;
    readonly valuesOf: (result: RunResult, delivery: Histogram) => Sample["values"];
  },
): Comparable {
  return {
    name,
    doc,
    async open(arm, options) {
      const stage = await arm.stage();
      const client = await stage.connect(part.roles(stage));
      await client.run({ ...part.spec, ms: options.isQuick ? 500 : 3_000 } as RunSpec);
      return {
        async sample(ms) {
          const result = await client.run({ ...part.spec, ms } as RunSpec);
          const values = part.valuesOf(result, result.delivery[0] ?? new Histogram());
          const named = Object.entries(values).map(([id, value]) => [`${name}.${id}`, value] as const);
          return { values: Object.fromEntries(named), faults: listRunFaults(result) };
        },
        close: () => client.stop(),
      };
    },
  };
}

const rolesOf = (rooms: ReturnType<typeof twentyRooms>): Role[] =>
  rooms.flatMap(({ id, members }) => members.map((account) => ({ account, opens: [id], sendsTo: id })));

const sendsAndP99 = (result: RunResult, delivery: Histogram): Sample["values"] => ({
  sends_per_s: { unit: "per_s", value: result.sendsPerSecond },
  p99_ms: { unit: "ms", value: toMs(delivery.percentile(99)) },
});

const hotWatchers = 10;

const idleComparable: Comparable = {
  name: "idle",
  doc: "memory of idle connections, on a server started anew for each round",
  async open(arm, options) {
    const count = options.isQuick ? 200 : 2_000;
    const world = await seedWorld(idleWorld(count), arm.checkout);
    return {
      async sample(ms) {
        const product = await Product.start({
          data: world.data,
          checkout: arm.checkout,
          limits: { connectionsPerAddress: count },
        });
        try {
          const before = product.serverPssBytes;
          const client = await connectIdle(product.port, world, options.load);
          await Bun.sleep(ms);
          const bytes = (product.serverPssBytes - before) / count;
          await client.stop();
          return { values: { "idle.bytes_per_connection": { unit: "bytes", value: bytes } }, faults: [] };
        } finally {
          await product.stop();
        }
      },
      async close() {
        world.remove();
      },
    };
  },
};

/** What can be compared with another commit, in the world that the busy parts share. */
export const comparables: readonly Comparable[] = [
  sending("durable_20x5", "20 rooms of 5, each of 100 people keeps two sends under way", {
    roles: (stage) => rolesOf(twentyRooms(stage.world)),
    spec: { mode: "closed", window: 2, rotate: false, expect: 5 },
    valuesOf: sendsAndP99,
  }),
  sending("fanout", `${crowdSize} sockets in one room, each message written by itself`, {
    roles: (stage) => rolesOf([crowdRoom(stage.world)]),
    spec: { mode: "closed", window: 2, rotate: true, expect: crowdSize, spinUs: 50 },
    valuesOf: (result, delivery) => ({
      deliveries_per_s: { unit: "per_s", value: result.deliveriesPerSecond },
      p99_ms: { unit: "ms", value: toMs(delivery.percentile(99)) },
    }),
  }),
  sending("hot_room", "one room with 10 watchers and 10 senders", {
    roles: (stage) => rolesOf([hotRoom(stage.world)]).slice(0, hotWatchers),
    spec: { mode: "closed", window: 32, rotate: false, expect: hotWatchers },
    valuesOf: sendsAndP99,
  }),
  sending("paced_2500", "20 rooms of 5, 2,500 sends a second at intended times", {
    roles: (stage) => rolesOf(twentyRooms(stage.world)),
    spec: { mode: "open", rate: 2_500, expect: 5 },
    valuesOf: (_, delivery) => ({
      p50_ms: { unit: "ms", value: toMs(delivery.percentile(50)) },
      p99_ms: { unit: "ms", value: toMs(delivery.percentile(99)) },
    }),
  }),
  idleComparable,
];
