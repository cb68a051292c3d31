import { seededRandom } from "@maru/testkit";

/** What can go wrong. `node` is the place of a node; `holdMs` how long it lasts. */
export type Fault =
  | { readonly kind: "kill" | "freeze" | "drain"; readonly node: number; readonly holdMs: number }
  | { readonly kind: "bus_away" | "database_away" | "database_crash"; readonly holdMs: number }
  | { readonly kind: "cut"; readonly count: number; readonly holdMs: number }
  | { readonly kind: "lose_answers"; readonly count: number; readonly holdMs: number }
  | { readonly kind: "stall"; readonly count: number; readonly holdMs: number }
  | { readonly kind: "reopen"; readonly count: number; readonly holdMs: number };

export type FaultKind = Fault["kind"];
export type PlannedFault = Fault & { readonly atMs: number };

/** How many faults of each kind a run has, and how long each lasts, from and to, in ms. */
export type FaultMix = Readonly<
  Record<FaultKind, { readonly times: number; readonly holdMs: readonly [number, number] }>
>;

/** A short run: every kind, each over within seconds. */
export const shortMix: FaultMix = {
  kill: { times: 3, holdMs: [200, 1_500] },
  freeze: { times: 1, holdMs: [2_000, 4_000] },
  drain: { times: 1, holdMs: [200, 1_000] },
  bus_away: { times: 2, holdMs: [500, 2_000] },
  database_away: { times: 1, holdMs: [300, 1_500] },
  database_crash: { times: 1, holdMs: [0, 0] },
  cut: { times: 4, holdMs: [0, 0] },
  lose_answers: { times: 3, holdMs: [0, 0] },
  stall: { times: 2, holdMs: [2_000, 5_000] },
  reopen: { times: 2, holdMs: [0, 0] },
};

/** A long run: as long as such things last where they happen, with calm between, in which people really talk. */
export const longMix: FaultMix = {
  kill: { times: 9, holdMs: [500, 5_000] },
  freeze: { times: 4, holdMs: [4_000, 20_000] },
  drain: { times: 5, holdMs: [500, 3_000] },
  bus_away: { times: 4, holdMs: [2_000, 15_000] },
  database_away: { times: 3, holdMs: [1_000, 6_000] },
  database_crash: { times: 3, holdMs: [0, 0] },
  cut: { times: 20, holdMs: [0, 0] },
  lose_answers: { times: 15, holdMs: [0, 0] },
  stall: { times: 10, holdMs: [5_000, 30_000] },
  reopen: { times: 10, holdMs: [0, 0] },
};

/** Lays the faults of a mix out over a run: each at its time, several at once where they meet; the same for the same seed. */
export function planFaults(
  seed: number,
  mix: FaultMix,
  run: { durationMs: number; nodeCount: number },
): PlannedFault[] {
  const random = seededRandom(seed);
  const between = ([from, to]: readonly [number, number]) => Math.round(from + random() * (to - from));
  const kinds = Object.entries(mix).flatMap(([kind, { times }]) => Array<FaultKind>(times).fill(kind as FaultKind));
  for (let i = kinds.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [kinds[i], kinds[j]] = [kinds[j] as FaultKind, kinds[i] as FaultKind];
  }
  // Something is under way from the first tenth of the run to the last, and every fault ends before or soon after it.
  const step = (run.durationMs * 0.85) / kinds.length;
  return kinds.map((kind, i) => {
    const atMs = Math.round(run.durationMs * 0.08 + (i + random()) * step);
    const holdMs = between(mix[kind].holdMs);
    switch (kind) {
      case "kill":
      case "freeze":
      case "drain":
        return { kind, atMs, holdMs, node: Math.floor(random() * run.nodeCount) };
      case "cut":
      case "lose_answers":
      case "stall":
      case "reopen":
        return { kind, atMs, holdMs, count: 5 + Math.floor(random() * 25) };
      default:
        return { kind, atMs, holdMs };
    }
  });
}
