import { hotRoom } from "./busy-rooms.ts";
import { checkRun, type Part, type PartContext } from "./part.ts";

const watcherCount = 10;

/** One room that ten watch while a number of its members send; the more senders, the larger the batches should be. */
async function measureSenders(context: PartContext, senderCount: number, window: number): Promise<void> {
  const { options, collector } = context;
  const stage = await context.stage();
  const room = hotRoom(stage.world);
  const roles = room.members
    .slice(0, senderCount)
    .map((account, index) => ({ account, opens: index < watcherCount ? [room.id] : [], sendsTo: room.id }));
  const client = await stage.connect(roles);
  const spec = { mode: "closed", window, rotate: false, expect: watcherCount } as const;
  await client.run({ ...spec, ms: options.isQuick ? 1_000 : 3_000 });
  const ms = options.isQuick ? 2_000 : 10_000;
  for (let run = 0; run < options.runs; run++) {
    const cpuMs = stage.product.serverCpuMs;
    const result = await client.run({ ...spec, ms });
    checkRun(context, "hot_room", result);
    collector.add(`hot_room.sends_per_s_${senderCount}`, "per_s", result.sendsPerSecond);
    collector.add(
      `hot_room.server_cpu_percent_${senderCount}`,
      "percent",
      (100 * (stage.product.serverCpuMs - cpuMs)) / ms,
    );
  }
  await client.stop();
}

export const hotRoomPart: Part = {
  name: "hot_room",
  doc: "one room with 10 watchers, 10 senders and then 500",
  async measure(context) {
    await measureSenders(context, 10, 32);
    await measureSenders(context, 500, 1);
  },
};
