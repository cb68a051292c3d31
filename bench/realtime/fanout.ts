import { join } from "node:path";
import type { BenchOptions } from "../bench-options.ts";
import { Histogram } from "../histogram.ts";
import { LoadClient, type RunResult, type RunSpec } from "../load/load-client.ts";
import { planBarePublishers } from "../people.ts";
import { readCpuMs, stopProcess } from "../processes.ts";
import type { Stage } from "../stage.ts";
import { crowdRoom, crowdSize } from "./busy-rooms.ts";
import { checkRun, type Part, type PartContext, toMs } from "./part.ts";

/** See {@link RunSpec}: the client has a core of its own here, and what waking it costs is not what is measured. */
const spinUs = 50;

const usPerDelivery = (cpuMs: number, { deliveries }: RunResult) => (1_000 * cpuMs) / Math.max(1, deliveries);

/** Everybody in one room of a thousand, each with a connection that watches it and may send. */
function connectCrowd(stage: Stage): Promise<LoadClient> {
  const room = crowdRoom(stage.world);
  return stage.connect(room.members.map((account) => ({ account, opens: [room.id], sendsTo: room.id })));
}

type Bare = { readonly client: LoadClient; readonly pid: number; stop(): Promise<void> };

/** The bare publisher with as many sockets and pushes of the same size. */
async function startBare(mode: "single" | "burst", pushBytes: number, { load }: BenchOptions): Promise<Bare> {
  const script = join(import.meta.dir, "../bare/publisher.ts");
  const child = Bun.spawn([process.execPath, script, String(pushBytes), mode], { stdout: "pipe" });
  const { value } = await child.stdout.getReader().read();
  const client = await LoadClient.start(
    load.command,
    planBarePublishers(Number(new TextDecoder().decode(value)), crowdSize),
  );
  await client.open();
  return {
    client,
    pid: child.pid,
    async stop() {
      await client.stop();
      await stopProcess(child);
    },
  };
}

/** Measures product and bare publisher in turn, under the same load in the same minutes. */
async function compare(context: PartContext, name: string, mode: "single" | "burst", window: number): Promise<void> {
  const { options, collector } = context;
  const stage = await context.stage();
  const client = await connectCrowd(stage);
  const spec = { mode: "closed", window, rotate: true, expect: crowdSize, spinUs } as const;
  const warm = await client.run({ ...spec, ms: options.isQuick ? 500 : 3_000 });
  const bare = await startBare(mode, Math.round(warm.bytesPerDelivery) - 4, options);
  await bare.client.run({ ...spec, ms: options.isQuick ? 500 : 3_000 });
  const ms = options.isQuick ? 2_000 : 10_000;
  for (let run = 0; run < options.runs; run++) {
    const bareCpuMs = readCpuMs(bare.pid);
    const baseline = await bare.client.run({ ...spec, ms });
    const bareUs = usPerDelivery(readCpuMs(bare.pid) - bareCpuMs, baseline);
    const cpuMs = stage.product.serverCpuMs;
    const result = await client.run({ ...spec, ms });
    const serverCpuMs = stage.product.serverCpuMs - cpuMs;
    checkRun(context, name, result);
    collector.add(`${name}.server_us_per_delivery`, "us", usPerDelivery(serverCpuMs, result), bareUs);
    collector.add(`${name}.deliveries_per_s`, "per_s", result.deliveriesPerSecond, baseline.deliveriesPerSecond);
    collector.add(`${name}.deliveries_per_read`, "count", result.deliveriesPerRead, baseline.deliveriesPerRead);
    collector.add(`${name}.server_cpu_percent`, "percent", (100 * serverCpuMs) / ms);
    collector.add(`${name}.client_cpu_percent`, "percent", result.clientCpuPercent, baseline.clientCpuPercent);
  }
  await bare.stop();
  await client.stop();
}

export const fanout: Part = {
  name: "fanout",
  doc: `${crowdSize} sockets in one room, each message written by itself`,
  // Two sends under way: while one is handed out the next one is committed, and each still goes out alone.
  measure: (context) => compare(context, "fanout", "single", 2),
};

export const fanoutBurst: Part = {
  name: "fanout_burst",
  doc: `${crowdSize} sockets in one room, 32 sends under way at all times`,
  measure: (context) => compare(context, "fanout_burst", "burst", 32),
};

export const fanoutPaced: Part = {
  name: "fanout_paced",
  doc: `${crowdSize} sockets in one room, 100 messages a second at intended times`,
  async measure(context) {
    const { options, collector } = context;
    const stage = await context.stage();
    const client = await connectCrowd(stage);
    const spec: Omit<Extract<RunSpec, { mode: "open" }>, "ms"> = { mode: "open", rate: 100, expect: crowdSize };
    const warm = await client.run({ ...spec, ms: 1_000 });
    const bare = await startBare("single", Math.round(warm.bytesPerDelivery) - 4, options);
    await bare.client.run({ ...spec, ms: 1_000 });
    const all = new Histogram();
    const ms = options.isQuick ? 3_000 : 20_000;
    for (let run = 0; run < options.runs; run++) {
      const bareCpuMs = readCpuMs(bare.pid);
      const baseline = await bare.client.run({ ...spec, ms });
      const barePercent = (100 * (readCpuMs(bare.pid) - bareCpuMs)) / ms;
      const cpuMs = stage.product.serverCpuMs;
      const result = await client.run({ ...spec, ms });
      const cpuPercent = (100 * (stage.product.serverCpuMs - cpuMs)) / ms;
      const [delivery, bareDelivery] = [result, baseline].map((each) => each.delivery[0] ?? new Histogram());
      checkRun(context, "fanout_paced", result);
      if (delivery) all.merge(delivery);
      for (const percent of [50, 99]) {
        const [own = 0, other = 0] = [delivery, bareDelivery].map((each) => toMs(each?.percentile(percent) ?? 0));
        collector.add(`fanout_paced.p${percent}_ms`, "ms", own, other);
      }
      collector.add("fanout_paced.server_cpu_percent", "percent", cpuPercent, barePercent);
      collector.add("fanout_paced.client_cpu_percent", "percent", result.clientCpuPercent, baseline.clientCpuPercent);
    }
    await bare.stop();
    for (const percent of [50, 99])
      collector.setWhole(`fanout_paced.p${percent}_ms`, "ms", toMs(all.percentile(percent)));
    await client.stop();
  },
};
