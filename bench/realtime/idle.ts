import type { Saying } from "../people.ts";
import { Stage } from "../stage.ts";
import { ringOfPairs } from "../world.ts";
import type { Part } from "./part.ts";

const roomsEach = 20;

/** As the SDK does it: what is on screen is open, of the others it hears the heads. */
function watchAll(rooms: readonly string[]): Saying[] {
  // Rooms of the world have ids of the wire.
  const watches = rooms.map((roomId, i) => ({ roomId: roomId as never, mode: i === 0 ? "open" : "head" }) as const);
  return [{ cmd: "room.watch", d: { rooms: watches } }];
}

export const idle: Part = {
  name: "idle",
  doc: `idle connections, signed in, with ${roomsEach} rooms of two each, one open and the others by their heads`,
  async measure({ options, tally }) {
    const count = options.isQuick ? 1_000 : 10_000;
    const stage = await Stage.open({ accountCount: count, rooms: ringOfPairs(count, roomsEach) }, options);
    try {
      const roomsOf = Array.from({ length: count }, (): string[] => []);
      for (const { id, members } of stage.world.rooms) for (const account of members) roomsOf[account]?.push(id);
      const before = stage.product.serverPssBytes;
      const client = await stage.connect(
        roomsOf.map((rooms, account) => ({ account, opens: [], asks: watchAll(rooms) })),
      );
      // Long enough for what connecting left behind to be given back, and for everybody to have beaten once.
      const settleMs = options.isQuick ? 5_000 : 40_000;
      await Bun.sleep(settleMs);
      const cpuMs = stage.product.serverCpuMs;
      await Bun.sleep(settleMs / 4);
      const cpuPercent = (100 * (stage.product.serverCpuMs - cpuMs)) / (settleMs / 4);
      const bytes = (stage.product.serverPssBytes - before) / count;
      tally.add("idle.bytes_per_connection", "bytes", bytes);
      tally.add("idle.connections", "count", count);
      tally.add("idle.server_cpu_percent", "percent", cpuPercent);
      tally.add("idle.database_mb", "mb", (stage.product.usage().pssBytes - stage.product.serverPssBytes) / 1_048_576);
      await client.stop();
    } finally {
      await stage.close();
    }
  },
};
