import type { LoadCommand } from "../load/compile.ts";
import { LoadClient } from "../load/load-client.ts";
import { type PlannedCommand, planPeople } from "../people.ts";
import { Stage } from "../stage.ts";
import { openTokenMint } from "../tokens.ts";
import { ringOfPairs, type World, type WorldPlan } from "../world.ts";
import type { Part } from "./part.ts";

const roomsEach = 20;

export function idleWorld(connectionCount: number): WorldPlan {
  return { accountCount: connectionCount, rooms: ringOfPairs(connectionCount, roomsEach) };
}

/** Connects everybody of an idle world, each watching as the SDK does. */
export async function connectIdle(port: number, world: World, load: LoadCommand): Promise<LoadClient> {
  const mint = await openTokenMint(world.data);
  const people = roomsByAccount(world).map(async (rooms, account) => {
    return { token: await mint(world.accountIds[account] ?? ""), opens: [], asks: watchAll(rooms) };
  });
  const client = await LoadClient.start(load.command, planPeople([port], await Promise.all(people)));
  await client.open();
  return client;
}

function roomsByAccount(world: World): string[][] {
  const roomsOf = world.accountIds.map((): string[] => []);
  for (const { id, members } of world.rooms) for (const account of members) roomsOf[account]?.push(id);
  return roomsOf;
}

/** As the SDK does it: what is on screen is open, of the others it hears the heads. */
function watchAll(rooms: readonly string[]): PlannedCommand[] {
  // Rooms of the world have ids of the wire.
  const watches = rooms.map((roomId, i) => ({ roomId: roomId as never, mode: i === 0 ? "open" : "head" }) as const);
  return [{ cmd: "room.watch", d: { rooms: watches } }];
}

export const idle: Part = {
  name: "idle",
  doc: `idle connections, signed in, with ${roomsEach} rooms of two each, one open and the others by their heads`,
  async measure({ options, collector }) {
    const count = options.isQuick ? 1_000 : 10_000;
    const stage = await Stage.open(idleWorld(count), options);
    try {
      const before = stage.product.serverPssBytes;
      const client = await connectIdle(stage.product.port, stage.world, options.load);
      // Long enough for what connecting left behind to be given back, and for everybody to have beaten once.
      const settleMs = options.isQuick ? 5_000 : 40_000;
      await Bun.sleep(settleMs);
      const cpuMs = stage.product.serverCpuMs;
      await Bun.sleep(settleMs / 4);
      const cpuPercent = (100 * (stage.product.serverCpuMs - cpuMs)) / (settleMs / 4);
      const bytes = (stage.product.serverPssBytes - before) / count;
      collector.add("idle.bytes_per_connection", "bytes", bytes);
      collector.add("idle.connections", "count", count);
      collector.add("idle.server_cpu_percent", "percent", cpuPercent);
      collector.add(
        "idle.database_mb",
        "mb",
        (stage.product.usage().pssBytes - stage.product.serverPssBytes) / 1_048_576,
      );
      await client.stop();
    } finally {
      await stage.close();
    }
  },
};
