import type { Comparable } from "../against/comparable.ts";
import type { Bench } from "../bench.ts";
import { MetricCollector } from "../metric-collector.ts";
import { Stage } from "../stage.ts";
import type { WorldPlan } from "../world.ts";
import { SignInLoad, type SignInRun } from "./sign-in.ts";

/** More accounts than sign in within the time that a limit of one account looks back on. */
const world: WorldPlan = { accountCount: 1_000, rooms: [] };
/** Sign-ins under way: more than there are cores to hash passwords. */
const atOnce = 8;

const doc = `sign-in with a password, ${atOnce} under way at all times, each from an address of its own`;

const listFaults = ({ refused, firstError }: SignInRun) =>
  refused > 0 ? [`${refused} sign-ins refused; first: ${firstError}`] : [];

const signIn: Comparable = {
  name: "sign_in",
  doc,
  async open(arm, options) {
    const load = new SignInLoad(await arm.stage(), world.accountCount);
    await load.run({ ms: options.isQuick ? 300 : 2_000, atOnce });
    return {
      async sample(ms) {
        const run = await load.run({ ms, atOnce });
        return {
          values: {
            "sign_in.per_s": { unit: "per_s", value: run.signInsPerSecond },
            "sign_in.p99_ms": { unit: "ms", value: run.latency.percentile(99) / 1e6 },
          },
          faults: listFaults(run),
        };
      },
      async close() {},
    };
  },
};

/** What coming in costs: nearly all of it is the hash of the password. */
export const identity: Bench = {
  name: "identity",
  doc: "sign-ins with a password: how many a second, and how long one takes",
  parts: [`sign_in: ${doc}`],
  isInTour: true,
  comparison: { world, comparables: [signIn] },
  async run(options) {
    const collector = new MetricCollector();
    const stage = await Stage.open(world, options);
    try {
      const load = new SignInLoad(stage, world.accountCount);
      const ms = options.isQuick ? 2_000 : 20_000;
      await load.run({ ms: ms / 10, atOnce });
      for (let run = 0; run < options.runs; run++) {
        const cpuMs = stage.product.serverCpuMs;
        const result = await load.run({ ms, atOnce });
        collector.add("sign_in.per_s", "per_s", result.signInsPerSecond);
        for (const percent of [50, 99]) {
          collector.add(`sign_in.p${percent}_ms`, "ms", result.latency.percentile(percent) / 1e6);
        }
        collector.add("sign_in.server_cpu_percent", "percent", (100 * (stage.product.serverCpuMs - cpuMs)) / ms);
        collector.faults.push(...listFaults(result));
      }
      return {
        settings: stage.describeSettings(),
        metrics: collector.metrics(),
        notes: collector.notes,
        faults: collector.faults,
      };
    } finally {
      await stage.close();
    }
  },
};
