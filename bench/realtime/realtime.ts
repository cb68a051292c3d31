import type { Bench } from "../bench.ts";
import { MetricCollector } from "../metric-collector.ts";
import { Stage } from "../stage.ts";
import { busyWorld } from "./busy-rooms.ts";
import { comparables } from "./comparables.ts";
import { crossNode } from "./cross-node.ts";
import { durable10x50, durable20x5, paced2500 } from "./durable.ts";
import { fanout, fanoutBurst, fanoutPaced } from "./fanout.ts";
import { growth } from "./growth.ts";
import { hotRoomPart } from "./hot-room.ts";
import { idle } from "./idle.ts";
import type { Part } from "./part.ts";
import { start } from "./start.ts";
import { storm } from "./storm.ts";

const parts: readonly Part[] = [
  start,
  fanout,
  fanoutBurst,
  fanoutPaced,
  durable20x5,
  durable10x50,
  paced2500,
  hotRoomPart,
  crossNode,
  idle,
  storm,
  growth,
];

/** All numbers of delivery: from one process with its own Postgres, over loopback, beside the load. */
export const realtime: Bench = {
  name: "realtime",
  doc: "delivery: fan-out, durable sends, latency, hot rooms, two nodes, idle memory, storms, growth, start",
  isInTour: true,
  parts: parts.map(({ name, doc }) => `${name}: ${doc}`),
  comparison: { world: busyWorld, comparables },
  async run(options) {
    const collector = new MetricCollector();
    const wanted = parts.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
    let opening: Promise<Stage> | undefined;
    let settings: Record<string, string> = {};
    const stage = async () => {
      opening ??= Stage.open(busyWorld, options);
      const opened = await opening;
      settings = opened.describeSettings();
      return opened;
    };
    try {
      for (const part of wanted) {
        options.print(`${part.name}: ${part.doc}`);
        await part.measure({ options, collector, stage });
      }
    } finally {
      if (opening) await (await opening).close();
    }
    return { settings, metrics: collector.metrics(), notes: collector.notes, faults: collector.faults };
  },
};
