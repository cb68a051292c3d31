import {
  type GuessLimit,
  type NodeRateLimit,
  type RateLimitName,
  rateLimits,
  type SharedRateLimit,
} from "@maru/protocol";
import type { Target } from "./endpoint-list.ts";
import type { FloodResult } from "./flood-process.ts";

type Limit = NodeRateLimit | SharedRateLimit | GuessLimit;

/** What others felt while a target was flooded, and what the flood came to. */
export type Observation = {
  readonly target: Target;
  readonly calmP95Ms: number;
  readonly floodedP95Ms: number;
  /** Messages that others wanted to send meanwhile, and those that were sent. */
  readonly talk: { readonly wanted: number; readonly sent: number };
  readonly seconds: number;
  readonly attackers: number;
  /** Strangers whom it names: their accounts and mailboxes. */
  readonly named: number;
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
/** Share of the messages that others want to send, without which there is no p95 of theirs; they are sent at random times. */
const leastTalk = 0.5;

type Flood = Pick<Observation, "target" | "seconds" | "attackers" | "named">;

/** Limits that count whose account is named, rather than whoever names it. */
const ofNamedAccounts: readonly string[] = ["password_account", "link_password"] satisfies RateLimitName[];

/** How many of those whom a limit counts each for itself are behind a flood, or are named by it. */
function countOwners([name, limit]: [string, Limit], { target, attackers, named }: Flood): number {
  if (limit.per === "mailbox" || ofNamedAccounts.includes(name)) return named;
  // One address has several accounts; one account comes from many addresses.
  if (limit.per === "account") return target.attacker === "address" ? attackers : 1;
  return target.attacker === "address" ? 1 : Infinity;
}

/** How often one of those whom a limit counts may pass it within a flood. */
function countPasses(limit: Limit, seconds: number): number {
  if (limit.scope === "node") return limit.burst + limit.perSecond * seconds;
  if (limit.scope === "shared") return limit.count * (1 + Math.floor((seconds * 1_000) / limit.windowMs));
  // The wait doubles with each guess beyond the free ones.
  return limit.freeFailures + 1 + Math.ceil(Math.log2((seconds * 1_000) / limit.baseDelayMs + 1));
}

/** How many calls of a flood one limit lets through at most, with what goes beyond it. */
export function boundOf(name: RateLimitName, flood: Flood): number {
  return Object.entries(rateLimits)
    .filter(([each, limit]) => each === name || (limit.scope === "shared" && limit.beyond === name))
    .reduce((sum, each) => sum + countOwners(each, flood) * countPasses(each[1], flood.seconds), 0);
}

/** Counts browsers that an account knows, in place of what counts strangers' guesses. */
const isOfKnown = (name: RateLimitName) => rateLimits[name].scope === "guess" && rateLimits[name].per === "device";
const isBeyond = (limit: Limit) => limit.scope === "shared" && limit.beyond !== undefined;

/** How many calls of a flood the limits let through at most: the narrowest counts. */
export function mostAllowed(flood: Flood): number {
  const standing = flood.target.limits.filter((name) => !isBeyond(rateLimits[name]));
  const least = (names: readonly RateLimitName[]) => Math.min(...names.map((name) => boundOf(name, flood)));
  const ofKnown = standing.filter(isOfKnown);
  const ofStrangers = least(standing.filter((name) => !isOfKnown(name)));
  // Whoever guesses at one account from many addresses has none of its browsers.
  if (ofKnown.length === 0 || flood.target.attacker === "account") return ofStrangers;
  const ofAll = standing.filter((name) => rateLimits[name].scope !== "guess");
  return Math.max(ofStrangers, Math.min(least(ofAll), least(ofKnown)));
}

/** Whether others went on as before, and whether the target's limits held. */
export function reachVerdict(observation: Observation): Verdict {
  const { target, calmP95Ms, floodedP95Ms, talk, flood, seconds } = observation;
  const who = `${target.name} by one ${target.attacker}`;
  const ratio = floodedP95Ms / calmP95Ms;
  const faults: string[] = [];
  if (ratio > mostRatio && floodedP95Ms > calmP95Ms + mostAboveMs) {
    faults.push(`${who}: others' p95 ${floodedP95Ms.toFixed(1)} ms, calm ${calmP95Ms.toFixed(1)} ms`);
  }
  // What nobody said was never late.
  if (talk.sent < talk.wanted * leastTalk || !(floodedP95Ms > 0 && calmP95Ms > 0)) {
    faults.push(`${who}: others sent ${talk.sent} of ${talk.wanted} messages; nobody was there to feel it`);
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
