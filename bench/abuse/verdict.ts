import { rateLimits } from "@maru/protocol";
import type { Target } from "./endpoint-list.ts";
import type { FloodResult } from "./flood-process.ts";

/** What others felt while a target was flooded, and what the flood came to. */
export type Observation = {
  readonly target: Target;
  readonly calmP95Ms: number;
  readonly floodedP95Ms: number;
  readonly seconds: number;
  readonly attackers: number;
  readonly flood: FloodResult;
};

export type Verdict = {
  /** Others' p95 under the flood against the calm one. */
  readonly ratio: number;
  readonly faults: readonly string[];
};

/** Times the calm p95, or ms above it, that others may wait while somebody does their worst. */
const mostRatio = 2;
const mostAboveMs = 25;
/** Calls beyond the limits that are laid to the edges of a run: what had begun before, and the clock's grain. */
const slack = 1.15;

/** How many calls of a flood the limits let through at most: the narrowest counts. */
export function mostAllowed({
  target,
  seconds,
  attackers,
}: Pick<Observation, "target" | "seconds" | "attackers">): number {
  const allowances = target.limits.flatMap((name) => {
    const limit = rateLimits[name];
    // One address has several accounts; one account comes from many addresses.
    const owners = limit.per === "account" ? (target.attacker === "address" ? attackers : 1) : 1;
    if (limit.per !== "account" && target.attacker === "account") return [];
    if (limit.scope === "node") return [owners * (limit.burst + limit.perSecond * seconds)];
    if (limit.scope === "shared" && limit.per === "account") {
      return [owners * limit.count * (1 + Math.floor((seconds * 1_000) / limit.windowMs))];
    }
    if (limit.scope === "guess" && limit.per === "account") {
      // The wait doubles with each guess beyond the free ones.
      const beyond = Math.log2((seconds * 1_000) / limit.baseDelayMs + 1);
      return [owners * (limit.freeFailures + 1 + Math.ceil(beyond))];
    }
    return [];
  });
  return Math.min(...allowances);
}

/** Says whether others went on as before, and whether the target's limits held. */
export function judge(observation: Observation): Verdict {
  const { target, calmP95Ms, floodedP95Ms, flood, seconds } = observation;
  const who = `${target.name} by one ${target.attacker}`;
  const ratio = floodedP95Ms / calmP95Ms;
  const faults: string[] = [];
  if (ratio > mostRatio && floodedP95Ms > calmP95Ms + mostAboveMs) {
    faults.push(`${who}: others' p95 ${floodedP95Ms.toFixed(1)} ms, calm ${calmP95Ms.toFixed(1)} ms`);
  }
  const most = mostAllowed(observation);
  // What came into the server at all decides; a flood that never got there proves nothing.
  if (flood.allowed > most * slack + 5)
    faults.push(`${who}: ${flood.allowed} calls let through, ${Math.ceil(most)} at most`);
  if (flood.allowed + flood.refused < Math.min(50, seconds * 20)) {
    faults.push(`${who}: only ${flood.allowed + flood.refused} calls were answered; that was no flood`);
  }
  return { ratio, faults };
}
