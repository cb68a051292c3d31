import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Histogram } from "../histogram.ts";
import { LoadClient } from "../load/load-client.ts";
import { Nodes } from "../nodes.ts";
import { planPeople } from "../people.ts";
import { raised } from "../stage.ts";
import { openTokenMint } from "../tokens.ts";
import { seedWorld } from "../world.ts";
import { checkRun, type Part, toMs } from "./part.ts";

const watcherCount = 1_000;

/** Somebody on one node speaks, a thousand on the other hear it over the bus. */
export const crossNode: Part = {
  name: "cross_node",
  doc: `two nodes over NATS: 100 messages a second on one, ${watcherCount} sockets on the other`,
  async measure(context) {
    const { options, collector } = context;
    const everybody = Array.from({ length: watcherCount + 1 }, (_, account) => account);
    const world = await seedWorld({ accountCount: everybody.length, rooms: [everybody] });
    const folder = mkdtempSync(join(tmpdir(), "maru-cross-"));
    const nodes = await Nodes.start({ folder, data: world.data, count: 2, limits: raised, profile: options.profile });
    try {
      const mint = await openTokenMint(world.data);
      const roomId = world.rooms[0]?.id ?? "";
      const people = await Promise.all(
        world.accountIds.map(async (accountId, index) => {
          const token = await mint(accountId);
          return index === 0
            ? { token, node: 0, group: 1, opens: [], sendsTo: roomId }
            : { token, node: 1, group: 0, opens: [roomId] };
        }),
      );
      const ports = nodes.list.map((node) => node.port);
      const client = await LoadClient.start(options.load.command, planPeople(ports, people));
      await client.open();
      const spec = { mode: "open", rate: 100, senders: 1, expect: watcherCount } as const;
      await client.run({ ...spec, ms: 2_000 });
      const ms = options.isQuick ? 3_000 : 20_000;
      const all = new Histogram();
      for (let run = 0; run < options.runs; run++) {
        const before = nodes.list.map((node) => node.product.serverCpuMs);
        const result = await client.run({ ...spec, ms });
        checkRun(context, "cross_node", result);
        const delivery = result.delivery[0] ?? new Histogram();
        all.merge(delivery);
        for (const percent of [50, 99])
          collector.add(`cross_node.p${percent}_ms`, "ms", toMs(delivery.percentile(percent)));
        for (const [i, name] of ["writer", "reader"].entries()) {
          const cpuMs = (nodes.list[i]?.product.serverCpuMs ?? 0) - (before[i] ?? 0);
          collector.add(`cross_node.${name}_cpu_percent`, "percent", (100 * cpuMs) / ms);
        }
      }
      for (const percent of [50, 99])
        collector.setWhole(`cross_node.p${percent}_ms`, "ms", toMs(all.percentile(percent)));
      await client.stop();
    } finally {
      await nodes.stop();
      world.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
