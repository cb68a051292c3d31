import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, seededRandom } from "@maru/testkit";
import { openTokenMint } from "../tokens.ts";
import { seedWorld, type WorldPlan } from "../world.ts";
import { acceleratedClock } from "./accelerated-clock.ts";
import { Cluster } from "./cluster.ts";
import { FaultMaker } from "./fault-maker.ts";
import { type FaultKind, type FaultMix, planFaults } from "./fault-plan.ts";
import { History } from "./history.ts";
import type { PlantedFault } from "./planted-faults.ts";
import { SimulatedUser } from "./simulated-user.ts";
import { readHeads, readStored } from "./stored.ts";
import { checkHistory, type Verdict } from "./verdict.ts";

const peopleCount = 200;
const roomCount = 40;
const roomsEach = 2;
const nodeCount = 2;

export type ChaosOptions = {
  readonly seed: number;
  readonly sends: number;
  readonly sendsPerSecond: number;
  /** How many times as fast as the machine's the clients' clocks run. */
  readonly speed: number;
  readonly mix: FaultMix;
  readonly print: (text: string) => void;
  /** Breaks the product on purpose, to show that the run finds it. */
  readonly planted?: PlantedFault;
  /** How long people may take in the end to have everything, in ms. */
  readonly patienceMs?: number;
};

export type ChaosOutcome = {
  readonly verdict: Verdict;
  readonly happened: Readonly<Record<FaultKind, number>>;
  /** What the run was to do and did not: faults that never happened, people who never caught up. */
  readonly missed: readonly string[];
  readonly history: History;
  /** From the last send and the end of the last fault until everybody had everything. */
  readonly settleMs: number;
  readonly description: string;
};

/** Forty rooms of ten, each person in two of them. */
const world: WorldPlan = {
  accountCount: peopleCount,
  rooms: Array.from({ length: roomCount }, (_, room) =>
    Array.from(
      { length: (peopleCount * roomsEach) / roomCount },
      (_, seat) => (room * (peopleCount / roomCount) + seat) % peopleCount,
    ),
  ),
};

/** Lets two hundred people talk over a cluster that breaks all the time, and judges what each of them was told. */
export async function runChaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const { seed, print, planted = {} } = options;
  const seeded = await seedWorld(world);
  const folder = mkdtempSync(join(tmpdir(), "maru-chaos-"));
  let cluster: Cluster | null = null;
  const users: SimulatedUser[] = [];
  try {
    cluster = await Cluster.start({ folder, data: seeded.data, nodeCount, preload: planted.preload ?? [] });
    await planted.inDatabase?.(cluster.nodes.database);
    const history = new History();
    const mint = await openTokenMint(seeded.data);
    const random = seededRandom(seed);
    const clock = acceleratedClock(options.speed);
    for (let index = 0; index < peopleCount; index++) {
      users.push(
        new SimulatedUser({
          index,
          url: cluster.url,
          accountId: seeded.accountIds[index] ?? "",
          roomIds: seeded.rooms.filter(({ members }) => members.includes(index)).map(({ id }) => id),
          mint,
          token: planToken(index, options.speed),
          clock,
          speed: options.speed,
          random: seededRandom(seed * 1_000 + index),
          history,
        }),
      );
    }
    await Promise.all(users.map((user) => user.open()));
    await eventually("everybody sees their rooms", () => users.every(hasLoaded), 60_000);

    const durationMs = (1_000 * options.sends) / options.sendsPerSecond;
    const plan = planFaults(seed, options.mix, { durationMs, nodeCount });
    print(`${plan.length} faults within ${Math.round(durationMs / 1_000)} s`);
    const faults = new FaultMaker(cluster, users, history, seededRandom(seed + 1));
    await Promise.all([talk(users, options, random), faults.play(plan)]);

    print("all is said, all faults are over; waiting until everybody has everything");
    const quietAt = performance.now();
    const missed: string[] = [];
    await untilSettled(cluster, users, options.patienceMs ?? 180_000).catch((error: Error) =>
      missed.push(error.message),
    );
    const settleMs = performance.now() - quietAt;
    const stored = await readStored(cluster.nodes.database);
    const views = users.flatMap((user) =>
      user.roomIds.map((roomId) => ({ client: user.index, roomId, messages: user.see(roomId) })),
    );
    const verdict = checkHistory(history.entries, stored, views);
    const { happened } = faults;
    for (const [kind, { times }] of Object.entries(options.mix)) {
      const count = happened[kind as FaultKind];
      if (count !== times) missed.push(`${kind} was to happen ${times} times and happened ${count} times`);
    }
    for (const [kind, what] of [
      ["cut", "cut"],
      ["stall", "stalled"],
      ["lose_answers", "lostAnswers"],
    ] as const) {
      if (options.mix[kind].times > 0 && cluster.line.counts[what] === 0)
        missed.push(`no connection was ${what} in the middle`);
    }
    if (verdict.attempted !== options.sends) missed.push(`${verdict.attempted} of ${options.sends} sends were made`);
    for (const what of ["reconnects", "renewals", "expiries", "repeated"] as const) {
      if (verdict[what] === 0) missed.push(`there were no ${what}: the run has not shown what becomes of them`);
    }
    const description = `${nodeCount} nodes, ${peopleCount} people in ${roomCount} rooms, ${options.sendsPerSecond} sends/s, clients' clocks × ${options.speed}`;
    return { verdict, happened, missed, history, settleMs, description };
  } finally {
    for (const user of users) user.close();
    await cluster?.stop();
    seeded.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * One in five has tokens that end before the SDK expects it; the others' are renewed in time. All end within the run, and
 * none before a client that has backed off can come back with it.
 */
function planToken(index: number, speed: number): { lifeMs: number; knowsLifetime: boolean } {
  return index % 5 === 0
    ? { lifeMs: (45_000 + (index % 7) * 5_000) / speed, knowsLifetime: false }
    : { lifeMs: (75_000 + (index % 11) * 2_000) / speed, knowsLifetime: true };
}

function hasLoaded(user: SimulatedUser): boolean {
  return user.roomIds.every((roomId) => user.hasLoaded(roomId));
}

/** Lets somebody say something at each intended time, whether or not the server is there. */
async function talk(
  users: readonly SimulatedUser[],
  { sends, sendsPerSecond }: ChaosOptions,
  random: () => number,
): Promise<void> {
  const startedAt = performance.now();
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  for (let attempted = 0; attempted < sends; ) {
    const due = Math.min(sends, Math.floor(((performance.now() - startedAt) * sendsPerSecond) / 1_000));
    while (attempted < due) {
      const user = pick(users);
      if (!user.isOpen) continue;
      user.post(pick(user.roomIds), `${user.index}: ${++attempted} 번째 말 – the river at dusk`);
    }
    await Bun.sleep(5);
  }
}

/** Waits until nothing waits in an outbox and everybody sees the newest of every room. */
async function untilSettled(cluster: Cluster, users: readonly SimulatedUser[], patienceMs: number): Promise<void> {
  await eventually(
    "every outbox is empty",
    async () => sum(await Promise.all(users.map((t) => t.countUnsent()))) === 0,
    patienceMs,
  );
  const heads = await readHeads(cluster.nodes.database);
  await eventually(
    "everybody sees the newest of every room",
    () => users.every((user) => user.roomIds.every((roomId) => user.lastShown(roomId) === heads.get(roomId))),
    patienceMs,
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
