import { type RoomId, syncPartsOf } from "@maru/protocol";
import { askDatabase, countTransactions } from "../ask-database.ts";
import type { LoadClient } from "../load/load-client.ts";
import type { PlannedCommand } from "../people.ts";
import { type Role, Stage } from "../stage.ts";
import { ringOfPairs, separateRooms } from "../world.ts";
import { checkRun, type Part, type PartContext, toMs } from "./part.ts";

const roomsEach = 20;
/** Rooms that each of them had open; of the others they hear the heads. */
const openEach = 8;
/** Rooms of those who stay and talk, and their size. */
const [stayerRooms, stayerSize] = [20, 5];
const stayersPerSecond = 500;
/** How long the stayers talk around the storm. */
const talking = { talkMs: 12_000, calmMs: 3_000 };
const talkingBriefly = { talkMs: 5_000, calmMs: 1_000 };

/**
 * Ten thousand connections with twenty rooms each are dropped in one moment, and all come back at once with the positions
 * they hold, while others go on talking.
 */
export const storm: Part = {
  name: "storm",
  doc: "10,000 dropped sockets back and resumed at once, while 100 people go on talking",
  async measure(context) {
    const { options } = context;
    const count = options.isQuick ? 1_000 : 10_000;
    const stayers = separateRooms(stayerRooms, stayerSize).map((room) => room.map((account) => count + account));
    const rooms = [...ringOfPairs(count, roomsEach), ...stayers];
    const stage = await Stage.open({ accountCount: count + stayerRooms * stayerSize, rooms }, options);
    try {
      await measureStorm(context, stage, count);
    } finally {
      await stage.close();
    }
  },
};

async function measureStorm(context: PartContext, stage: Stage, count: number): Promise<void> {
  const { options, collector } = context;
  const { talkMs, calmMs } = options.isQuick ? talkingBriefly : talking;
  const crowd = await stage.connect(await planReturns(stage, count));
  const users = await stage.connect(
    stage.world.rooms
      .slice(-stayerRooms)
      .flatMap(({ id, members }) => members.map((account): Role => ({ account, opens: [id], sendsTo: id }))),
  );
  const manner = { mode: "open", rate: stayersPerSecond, expect: stayerSize } as const;
  for (let run = 0; run < options.runs; run++) {
    // What the talk costs by itself is taken off what the storm cost.
    const still = { transactions: await countTransactions(stage.product), cpuMs: stage.product.serverCpuMs };
    const calm = await users.run({ ...manner, ms: calmMs });
    const talkCpuPerMs = (stage.product.serverCpuMs - still.cpuMs) / calmMs;
    const talkTransactionsPerMs = ((await countTransactions(stage.product)) - still.transactions) / calmMs;
    collector.add("storm.calm_p99_ms", "ms", toMs(calm.delivery[0]?.percentile(99) ?? 0));
    const talk = users.run({ ...manner, ms: talkMs });
    await Bun.sleep(1_000);
    const cut = await crowd.cut(0);
    const before = { transactions: await countTransactions(stage.product), cpuMs: stage.product.serverCpuMs };
    const startedAt = performance.now();
    const back = await returnAll(crowd, count);
    const result = await talk;
    const talkedMs = performance.now() - startedAt;
    checkRun(context, "storm", result);
    collector.add("storm.connections", "count", cut);
    collector.add("storm.seconds_to_last", "s", back.seconds);
    collector.add("storm.lost", "count", cut - back.sockets + result.missing);
    collector.add("storm.stayers_p99_ms", "ms", toMs(result.delivery[0]?.percentile(99) ?? 0));
    collector.add("storm.stayers_max_ms", "ms", toMs(result.delivery[0]?.percentile(100) ?? 0));
    const cpuMs = stage.product.serverCpuMs - before.cpuMs - talkCpuPerMs * talkedMs;
    collector.add("storm.server_us_per_client", "us", (1_000 * cpuMs) / count);
    const transactions =
      (await countTransactions(stage.product)) - before.transactions - talkTransactionsPerMs * talkedMs;
    collector.add("storm.transactions_per_client", "ratio", Math.max(0, transactions) / count);
  }
  await crowd.stop();
  await users.stop();
}

function returnAll(crowd: LoadClient, count: number): Promise<{ sockets: number; seconds: number }> {
  return crowd.open(0, count);
}

type Stand = { readonly id: string; readonly rev: number };

/** What each of the crowd says when it comes, first and again: where it stands in its account and in its rooms. */
async function planReturns(stage: Stage, count: number): Promise<Role[]> {
  const requester = await stage.ask(0);
  const synced = await requester.ask("account.sync", { parts: { rooms: null } });
  const list = syncPartsOf(synced).rooms;
  const since = list?.since ?? "";
  requester.close();
  const [positions, accountRevs] = await askDatabase(stage.product, async (sql) => {
    const rooms: Stand[] = await sql`select replace(id::text, '-', '') as id, rev from rooms_rooms`;
    const accounts: Stand[] = await sql`select replace(id::text, '-', '') as id, rev from identity_accounts`;
    return [
      new Map(rooms.map(({ id, rev }) => [`room_${id}`, rev])),
      new Map(accounts.map(({ id, rev }) => [`acc_${id}`, rev])),
    ];
  });
  const epoch = list?.rooms[0]?.epoch ?? "";
  const roomsOf = Array.from({ length: count }, (): RoomId[] => []);
  for (const { id, members } of stage.world.rooms) {
    for (const account of members) roomsOf[account]?.push(id as RoomId);
  }
  const revOf = (account: number) => accountRevs.get(stage.world.accountIds[account] ?? "") ?? 0;
  return roomsOf.map((rooms, account) => {
    const asks: PlannedCommand[] = [
      {
        cmd: "account.sync",
        d: {
          // A version that knows no parts takes the heads from the account.
          account: { epoch: synced.epoch, rev: revOf(account), heads: since },
          parts: { rooms: [{ id: "list", since }], matching: [] },
        },
      },
      {
        cmd: "room.watch",
        d: {
          rooms: rooms.map((roomId, i) => {
            const mode = i < openEach ? "open" : "head";
            return { roomId, mode, epoch, rev: positions.get(roomId) ?? 0 };
          }),
        },
      },
    ];
    return { account, opens: [], asks };
  });
}
