import { Histogram } from "../histogram.ts";
import type { RunSpec } from "../load/load-client.ts";
import type { SeededRoom, World } from "../world.ts";
import { tenRooms, twentyRooms } from "./busy-rooms.ts";
import { checkRun, type Part, type PartContext, toMs } from "./part.ts";

type Spec<M extends RunSpec["mode"]> = Omit<Extract<RunSpec, { mode: M }>, "ms" | "expect">;

/** Sends in many rooms at once, each acknowledged after its commit and delivered to every member of its room. */
async function measureRooms(
  context: PartContext,
  part: {
    name: string;
    rooms: (world: World) => readonly SeededRoom[];
    spec: Spec<"closed"> | Spec<"open">;
    percents: number[];
  },
): Promise<void> {
  const { options, collector } = context;
  const { name, spec, percents } = part;
  const stage = await context.stage();
  const rooms = part.rooms(stage.world);
  const roles = rooms.flatMap(({ id, members }) => members.map((account) => ({ account, opens: [id], sendsTo: id })));
  const client = await stage.connect(roles);
  const expect = rooms[0]?.members.length ?? 0;
  const ms = options.isQuick ? 3_000 : 20_000;
  await client.run({ ...spec, expect, ms: options.isQuick ? 1_000 : 5_000 });
  const [replies, deliveries] = [new Histogram(), new Histogram()];
  for (let run = 0; run < options.runs; run++) {
    const before = { server: stage.product.serverCpuMs, all: stage.product.usage().cpuMs };
    const result = await client.run({ ...spec, expect, ms });
    checkRun(context, name, result);
    const delivery = result.delivery[0] ?? new Histogram();
    replies.merge(result.reply);
    deliveries.merge(delivery);
    collector.add(`${name}.sends_per_s`, "per_s", result.sendsPerSecond);
    for (const percent of percents) {
      collector.add(`${name}.p${percent}_ms`, "ms", toMs(delivery.percentile(percent)));
      collector.add(`${name}.reply_p${percent}_ms`, "ms", toMs(result.reply.percentile(percent)));
    }
    const serverMs = stage.product.serverCpuMs - before.server;
    collector.add(`${name}.server_cpu_percent`, "percent", (100 * serverMs) / ms);
    const databaseMs = stage.product.usage().cpuMs - before.all - serverMs;
    collector.add(`${name}.database_cpu_percent`, "percent", (100 * databaseMs) / ms);
    collector.add(`${name}.client_cpu_percent`, "percent", result.clientCpuPercent);
  }
  for (const percent of percents) {
    collector.setWhole(`${name}.p${percent}_ms`, "ms", toMs(deliveries.percentile(percent)));
    collector.setWhole(`${name}.reply_p${percent}_ms`, "ms", toMs(replies.percentile(percent)));
  }
  await client.stop();
}

export const durable20x5: Part = {
  name: "durable_20x5",
  doc: "20 rooms of 5, each of 100 people keeps two sends under way",
  measure: (context) =>
    measureRooms(context, {
      name: "durable_20x5",
      rooms: twentyRooms,
      spec: { mode: "closed", window: 2, rotate: false },
      percents: [50, 99],
    }),
};

export const durable10x50: Part = {
  name: "durable_10x50",
  doc: "10 rooms of 50, 128 sends under way among 500 people",
  measure: (context) =>
    measureRooms(context, {
      name: "durable_10x50",
      rooms: tenRooms,
      spec: { mode: "closed", window: 128, rotate: true },
      percents: [50, 99],
    }),
};

export const paced2500: Part = {
  name: "paced_2500",
  doc: "20 rooms of 5, 2,500 sends a second at intended times",
  measure: (context) =>
    measureRooms(context, {
      name: "paced_2500",
      rooms: twentyRooms,
      spec: { mode: "open", rate: 2_500 },
      percents: [50, 99],
    }),
};
