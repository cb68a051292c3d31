import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Checkout, thisCheckout } from "./against/checkout.ts";

/** Accounts and rooms that a bench wants; members are indexes of accounts. */
export type WorldPlan = {
  readonly accountCount: number;
  readonly rooms: readonly (readonly number[])[];
  /** Operators who have never signed in; none unless said. */
  readonly operatorCount?: number;
};

export type SeededRoom = { readonly id: string; readonly members: readonly number[] };

/** What was made: ids as the wire has them, accounts and rooms in the order of the plan. */
export type World = {
  readonly data: string;
  readonly accountIds: readonly string[];
  readonly rooms: readonly SeededRoom[];
  /** Tokens of the operators' first sign-ins. */
  readonly operatorTokens: readonly string[];
};

/** Everybody's who was seeded. */
export const seededPassword = "a password of nobody";
/** The mail address of a seeded account. */
export const seededEmail = (account: number): string => `bench-${account}@maru.test`;

/**
 * Makes a data folder with accounts and rooms in a process of its own, before any server runs on it. The checkout whose
 * server will run makes it, since a database that is newer than a server is refused.
 */
export async function seedWorld(
  plan: WorldPlan,
  { root, runtime }: Checkout = thisCheckout,
): Promise<World & { remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "maru-world-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const data = join(folder, "data");
  const planFile = join(folder, "plan.json");
  await Bun.write(planFile, JSON.stringify(plan));
  const child = Bun.spawn([runtime, join(root, "bench/seed.ts"), data, planFile], {
    cwd: root,
    stdout: "pipe",
    stderr: Bun.file(join(folder, "seed.log")),
  });
  const [text, status] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  if (status !== 0) {
    const log = await Bun.file(join(folder, "seed.log")).text();
    remove();
    throw new Error(`seeding failed:\n${log.slice(-4_000)}`);
  }
  const made: { accountIds: string[]; roomIds: string[]; operatorTokens?: string[] } = JSON.parse(text);
  const rooms = plan.rooms.map((members, index) => ({ id: made.roomIds[index] ?? "", members }));
  return { data, accountIds: made.accountIds, rooms, operatorTokens: made.operatorTokens ?? [], remove };
}

/** `count` rooms of `size` members each: members follow one another and nobody is in two of them. */
export function separateRooms(count: number, size: number): number[][] {
  return Array.from({ length: count }, (_, room) => Array.from({ length: size }, (_, member) => room * size + member));
}

/** Rooms of two in which each account has exactly `perAccount` (an even number), with others around it in a ring. */
export function ringOfPairs(accountCount: number, perAccount: number): number[][] {
  const rooms: number[][] = [];
  for (let account = 0; account < accountCount; account++) {
    for (let step = 1; step <= perAccount / 2; step++) rooms.push([account, (account + step) % accountCount]);
  }
  return rooms;
}
