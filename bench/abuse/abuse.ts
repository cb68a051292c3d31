import { httpPaths, type Legal } from "@maru/protocol";
import type { Bench, BenchResult } from "../bench.ts";
import type { BenchOptions } from "../bench-options.ts";
import type { LoadClient } from "../load/load-client.ts";
import { MetricCollector } from "../metric-collector.ts";
import { Stage } from "../stage.ts";
import { UsageError } from "../usage-error.ts";
import { seededEmail, type WorldPlan } from "../world.ts";
import { type Crowd, prepareAttackers } from "./attackers.ts";
import { listOnePerCost, listTargets, type Target } from "./endpoint-list.ts";
import { type FloodAttacker, startFlood } from "./flood-process.ts";
import { HonestSignIn } from "./honest-sign-in.ts";
import { type Neighbours, openNeighbours } from "./neighbours.ts";
import { operatorRoutes, type Place } from "./prepare-attackers.ts";
import { checkReach, neverTaken } from "./reach.ts";
import { reachVerdict } from "./verdict.ts";

const [talkerCount, roomSize, attackerCount, strangerCount] = [50, 5, 10, 200];
const floodsPerSecond = 500;
/** What the talkers say in a second, all together; each message goes to all five of its room. */
const talksPerSecond = 50;
/** Floods between two looks at how long a message takes in calm. */
const floodsPerCalm = 6;

const firstStranger = talkerCount;
const firstAttacker = firstStranger + strangerCount;
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, i) => from + i);

/** One address has several accounts; each flood has accounts of its own. */
const attackersOf = ({ attacker }: Target) => (attacker === "address" ? attackerCount : 1);
const sumOf = (targets: readonly Target[]) => targets.reduce((sum, target) => sum + attackersOf(target), 0);

/** Talkers in their rooms, strangers, and for each target attackers who share a room with a stranger each. */
function planWorld(targets: readonly Target[]): WorldPlan {
  const attackers = sumOf(targets);
  return {
    accountCount: firstAttacker + attackers,
    rooms: [
      ...Array.from({ length: talkerCount / roomSize }, (_, room) => numbers(roomSize, room * roomSize)),
      ...numbers(attackers).map((n) => [firstAttacker + n, firstStranger + (n % strangerCount)]),
    ],
    operatorCount: sumOf(targets.filter(({ name }) => operatorRoutes.has(name))),
  };
}

function crowdOf(targets: readonly Target[], i: number, { rooms }: Stage["world"]): Crowd {
  const from = sumOf(targets.slice(0, i));
  const accounts = numbers(sumOf(targets.slice(i, i + 1)), firstAttacker + from);
  const firstRoom = talkerCount / roomSize + from;
  return { accounts, rooms: rooms.slice(firstRoom, firstRoom + accounts.length) };
}

/** What is measured: all, those asked for by name or by kind of cost, or one for each kind of cost when it is to be short. */
export function chooseTargets({ only, isQuick }: Pick<BenchOptions, "only" | "isQuick">): Target[] {
  const all = listTargets();
  // What stands for a cost has to come to it.
  const payable = all.filter(({ name }) => !Object.hasOwn(neverTaken, name));
  if (only.length === 0) return isQuick ? listOnePerCost(payable) : all;
  const unknown = only.filter((word) => !all.some(({ name, cost }) => name === word || cost === word));
  if (unknown.length > 0) {
    const costs = [...new Set(all.map(({ cost }) => cost))].join(", ");
    throw new UsageError(
      `abuse has no endpoint or cost ${unknown.join(", ")}; costs are ${costs}, endpoints as in docs/operate/limits.md.`,
    );
  }
  return all.filter(({ name, cost }) => only.includes(name) || only.includes(cost));
}

/** Opens connections for the talkers; each sends in its room and hears all of it. */
function connectTalkers(stage: Stage): Promise<LoadClient> {
  const rooms = stage.world.rooms.slice(0, talkerCount / roomSize);
  return stage.connect(
    rooms.flatMap(({ id, members }) => members.map((account) => ({ account, opens: [id], sendsTo: id }))),
  );
}

/** Where attackers find what they need: the server, its neighbours, and the texts that a sign-up agrees to. */
async function openPlace(stage: Stage, neighbours: Neighbours): Promise<Place> {
  const { port } = stage.product;
  const legal = (await (await fetch(`http://127.0.0.1:${port}${httpPaths.legal}`)).json()) as Legal;
  const tokens = [...stage.world.operatorTokens];
  const consents = { terms: legal.terms.version, privacy: legal.privacy.version };
  return { port, neighbours, consents, takeOperatorToken: () => tokens.pop() ?? "" };
}

export type AbuseOptions = BenchOptions & {
  /** Modules that the server loads first: a planted fault, in a test. */
  readonly preload?: readonly string[];
  /** Brings attackers to a target's door; a planted one that does not, in a test. */
  readonly prepare?: typeof prepareAttackers;
};

/** Floods one endpoint after the other while people talk, and returns what they felt. */
export async function runAbuse(options: AbuseOptions): Promise<BenchResult> {
  const targets = chooseTargets(options);
  const collector = new MetricCollector();
  const ms = options.isQuick ? 1_200 : 10_000;
  const neighbours = await openNeighbours();
  const changed = { limits: {}, preload: options.preload ?? [], env: neighbours.env };
  const stage = await Stage.open(planWorld(targets), options, undefined, changed).catch(async (error: unknown) => {
    await neighbours.close();
    throw error;
  });
  try {
    const talkers = await connectTalkers(stage);
    const place = await openPlace(stage, neighbours);
    const strangers = numbers(strangerCount - attackerCount, firstStranger + attackerCount);
    const honest = await HonestSignIn.open(stage.product.port, firstStranger);
    const talk = async (talkMs = ms) => {
      const run = await talkers.run({
        mode: "open",
        rate: talksPerSecond,
        poisson: true,
        ms: talkMs,
        expect: roomSize,
      });
      if (run.refused > 0 || run.missing !== 0) {
        collector.faults.push(
          `of ${run.sent} messages ${run.refused} were refused, ${run.missing} deliveries missing; ${run.firstError}`,
        );
      }
      const wanted = Math.round((talksPerSecond * talkMs) / 1_000);
      return { p95Ms: (run.delivery[0]?.percentile(95) ?? 0) / 1e6, messages: { wanted, sent: run.sent } };
    };
    const prepare = (target: Target, i: number): Promise<FloodAttacker[]> => {
      const crowd = crowdOf(targets, i, stage.world);
      // Others than for the target before, who may be in a match still; one more, so that no attacker is the odd one.
      const from = (i * attackerCount) % (strangers.length - attackerCount);
      const partners = strangers.slice(from, from + crowd.accounts.length + 1);
      const askPartners = () => Promise.all(partners.map((n) => stage.ask(n)));
      return (options.prepare ?? prepareAttackers)(target, crowd, place, askPartners);
    };
    await talk();
    let calmP95Ms = 0;
    let worst = 0;
    for (const [i, target] of targets.entries()) {
      if (i % floodsPerCalm === 0) {
        ({ p95Ms: calmP95Ms } = await talk());
        collector.add("abuse.calm_p95_ms", "ms", calmP95Ms);
      }
      // What is left of the flood before is not laid to this one.
      const [attackers] = await Promise.all([prepare(target, i), talk(1_000)]);
      const isGuessing = target.name === `POST ${httpPaths.signIn}`;
      // Who guesses from many addresses guesses at one account: the one whose owner signs in meanwhile.
      const emails = target.attacker === "account" ? [honest.email] : strangers.map(seededEmail);
      const flood = await startFlood({
        port: stage.product.port,
        name: target.name,
        kind: target.kind,
        attacker: target.attacker,
        perSecond: floodsPerSecond,
        ms,
        connections: attackerCount,
        attackers,
        opensRooms: target.cost === "fan_out",
        providerId: neighbours.provider.id,
        tag: crypto.randomUUID().slice(0, 4),
        consents: place.consents,
        nicknames: strangers.map((n) => `bench ${n}`),
        emails,
      });
      const cpuMs = stage.product.serverCpuMs;
      const signingIn = isGuessing ? honest.signInFor(ms) : Promise.resolve([]);
      const { p95Ms: floodedP95Ms, messages } = await talk();
      const serverCpuPercent = (100 * (stage.product.serverCpuMs - cpuMs)) / ms;
      const [result, signInMs] = [await flood.result, await signingIn];
      for (const took of signInMs) collector.add("abuse.honest_sign_in_ms", "ms", took);
      const seconds = ms / 1_000;
      const { ratio, faults } = reachVerdict({
        target,
        calmP95Ms,
        floodedP95Ms,
        talk: messages,
        seconds,
        attackers: attackerCount,
        named: emails.length,
        flood: result,
      });
      worst = Math.max(worst, ratio);
      collector.add("abuse.p95_ratio", "ratio", ratio);
      collector.add("abuse.flooded_p95_ms", "ms", floodedP95Ms);
      collector.add("abuse.flood_cpu_percent", "percent", result.cpuPercent);
      collector.add("abuse.server_cpu_percent", "percent", serverCpuPercent);
      collector.faults.push(...faults, ...checkReach(target, result.codes));
      const codes = Object.entries(result.codes)
        .map(([code, count]) => `${code} ${count}`)
        .join(", ");
      options.print(
        `${target.name} by one ${target.attacker}: p95 ${floodedP95Ms.toFixed(1)} ms (calm ${calmP95Ms.toFixed(1)}), asked ${result.asked}, held back ${result.heldBack}; ${codes}; flood ${result.cpuPercent.toFixed(0)} %, server ${serverCpuPercent.toFixed(0)} % of a core`,
      );
    }
    collector.setWhole("abuse.p95_ratio", "ratio", worst);
    collector.faults.push(...honest.faults);
    await talkers.stop();
  } finally {
    await stage.close();
    await neighbours.close();
  }
  const settings = {
    ...stage.describeSettings(),
    limits: "those of the product",
    flood: `${floodsPerSecond} calls a second at intended times, niced 19, ${ms / 1_000} s each`,
    talk: `${talkerCount} people in rooms of ${roomSize}, ${talksPerSecond} messages a second`,
  };
  return { settings, metrics: collector.metrics(), notes: collector.notes, faults: collector.faults };
}

/** What others feel while somebody does their worst on each endpoint. */
export const abuse: Bench = {
  name: "abuse",
  doc: "one address, then one account, floods each endpoint while 50 people talk; half an hour",
  parts: ["any endpoint of docs/operate/limits.md by its name, or all of one cost: hash, mail, write …"],
  isInTour: false,
  checkParts: (only) => void chooseTargets({ only, isQuick: true }),
  run: runAbuse,
};
