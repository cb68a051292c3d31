import type { RoomId } from "@maru/protocol";
import { askDatabase } from "../ask-database.ts";
import { Histogram } from "../histogram.ts";
import { median } from "../metric.ts";
import type { PlannedCommand } from "../people.ts";
import { type Role, Stage } from "../stage.ts";
import { separateRooms } from "../world.ts";
import { checkRun, type Part, type PartContext, toMs } from "./part.ts";

const roomCount = 100;
const requesterCount = 200;
const pageMessages = 50;
/** Changes that a client missed when it asks. */
const missed = 20;

type Size = { readonly perRoom: number; readonly historyMs: number; readonly resumeMs: number };

/** What a page of history and a resume cost with few messages stored and with many, in the same rooms. */
export const growth: Part = {
  name: "growth",
  doc: "a page of history and a resume with 10,000 messages stored and with 5,000,000",
  async measure(context) {
    const { options, collector } = context;
    const stage = await Stage.open({ accountCount: requesterCount, rooms: separateRooms(roomCount, 2) }, options);
    try {
      const small = await measureAt(context, stage, 100);
      const large = await measureAt(context, stage, options.isQuick ? 1_000 : 50_000);
      collector.add("growth.messages", "count", large.perRoom * roomCount);
      collector.add("growth.history_ms", "ms", large.historyMs, small.historyMs);
      collector.add("growth.resume_ms", "ms", large.resumeMs, small.resumeMs);
      collector.add("growth.history_ratio", "ratio", large.historyMs / small.historyMs);
      collector.add("growth.resume_ratio", "ratio", large.resumeMs / small.resumeMs);
    } finally {
      await stage.close();
    }
  },
};

/** Fills the rooms up to so many messages each and asks; one requester at a time, so that nobody waits for another. */
async function measureAt(context: PartContext, stage: Stage, perRoom: number): Promise<Size> {
  context.options.print(`${perRoom * roomCount} messages …`);
  await askDatabase(stage.product, (sql) => fill(sql, perRoom));
  const requester = await stage.ask(0);
  const revs = new Map<string, number>();
  for (const { id, members } of stage.world.rooms) {
    const own = await stage.ask(members[0] ?? 0);
    const { room } = await own.ask("room.get", { roomId: id as RoomId });
    revs.set(id, room.rev);
    own.close();
  }
  const roomEpoch = await requester.ask("room.get", { roomId: stage.world.rooms[0]?.id as RoomId });
  requester.close();
  const historyMs = await measureCommand(context, stage, (roomId, i) => ({
    cmd: "message.list",
    // Deep in the past, at another place in each room.
    d: { roomId, before: 60 + Math.floor(((perRoom - 60) * (i % 17)) / 17), limit: pageMessages },
  }));
  const resumeMs = await measureCommand(context, stage, (roomId) => ({
    cmd: "room.watch",
    d: {
      rooms: [{ roomId, mode: "open", epoch: roomEpoch.room.epoch, rev: (revs.get(roomId) ?? 0) - missed }],
    },
  }));
  return { perRoom, historyMs, resumeMs };
}

async function measureCommand(
  context: PartContext,
  stage: Stage,
  commandOf: (roomId: RoomId, index: number) => PlannedCommand,
): Promise<number> {
  const { options } = context;
  const roles = stage.world.rooms.flatMap(({ id, members }, index): Role[] =>
    members.map((account) => ({ account, opens: [], repeats: commandOf(id as RoomId, index) })),
  );
  const client = await stage.connect(roles);
  const spec = { mode: "closed", window: 1, rotate: true, expect: 0, spinUs: 50 } as const;
  await client.run({ ...spec, ms: options.isQuick ? 500 : 2_000 });
  const medians: number[] = [];
  for (let run = 0; run < (options.isQuick ? 1 : Math.max(3, options.runs)); run++) {
    const result = await client.run({ ...spec, ms: options.isQuick ? 1_000 : 5_000 });
    checkRun(context, "growth", result);
    medians.push(toMs((result.reply ?? new Histogram()).percentile(50)));
  }
  await client.stop();
  return median(medians);
}

/** Adds messages to every room as the write path would have left them, straight into the table: saying them takes minutes. */
async function fill(sql: Bun.SQL, perRoom: number): Promise<void> {
  const portion = 5_000;
  const [{ least }] = await sql`select min(last_seq)::int as least from rooms_rooms`;
  for (let from = least + 1; from <= perRoom; from += portion) {
    const to = Math.min(perRoom, from + portion - 1);
    await sql.begin(async (tx) => {
      await tx`
        insert into rooms_messages (room_id, seq, rev, ord, kind, author_id, client_message_id, text, sent_at)
        select r.id, n, r.rev + n - r.last_seq, r.last_ord + n - r.last_seq, 'text',
          (select m.id from rooms_members m where m.room_id = r.id order by m.id limit 1), gen_random_uuid()::text,
          '오늘 저녁에 강가에서 만나요 see you by the river ' || n, now()
        from rooms_rooms r, generate_series(${from}::int, ${to}::int) n
        where n > r.last_seq`;
      await tx`
        update rooms_rooms set rev = rev + ${to}::int - last_seq, last_ord = last_ord + ${to}::int - last_seq, last_seq = ${to}::int,
          active_at = now(), changed_xid = pg_current_xact_id()
        where last_seq < ${to}::int`;
    });
  }
  await sql`vacuum analyze rooms_messages`;
}
