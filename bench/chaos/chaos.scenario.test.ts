import { expect } from "bun:test";
import { requires } from "@maru/testkit";
import { type FaultMix, shortMix } from "./fault-plan.ts";
import {
  type PlantedFault,
  withoutCommitBeforeReply,
  withoutDuplicateCheck,
  withoutGapRepair,
} from "./planted-faults.ts";
import { type ChaosOutcome, runChaos } from "./run-chaos.ts";

const nginx = requires("nginx");
const nats = requires("nats-server");
const chaosTest = nginx.path === "" ? nginx.test : nats.test;

/** Each run has a seed of its own, told where it fails. */
const seed = Math.floor(Math.random() * 1_000_000);

const sound: PlantedFault = {};

function run(sends: number, mix: FaultMix, planted: PlantedFault = sound): Promise<ChaosOutcome> {
  // A broken product does not get well by waiting.
  const patienceMs = planted === sound ? 60_000 : 3_000;
  return runChaos({ seed, sends, sendsPerSecond: 120, speed: 5, mix, planted, patienceMs, print() {} });
}

const none: FaultMix = {
  kill: { times: 0, holdMs: [0, 0] },
  freeze: { times: 0, holdMs: [0, 0] },
  drain: { times: 0, holdMs: [0, 0] },
  bus_away: { times: 0, holdMs: [0, 0] },
  database_away: { times: 0, holdMs: [0, 0] },
  database_crash: { times: 0, holdMs: [0, 0] },
  cut: { times: 0, holdMs: [0, 0] },
  lose_answers: { times: 0, holdMs: [0, 0] },
  stall: { times: 0, holdMs: [0, 0] },
  reopen: { times: 0, holdMs: [0, 0] },
};

chaosTest(
  `nothing acknowledged is lost, doubled or out of order while everything breaks (seed ${seed})`,
  async () => {
    const { verdict, missed, happened } = await run(2_000, shortMix);
    expect({ seed, faults: verdict.faults, missed }).toEqual({ seed, faults: [], missed: [] });
    expect(verdict).toMatchObject({ lost: 0, doubled: 0, orderMismatches: 0, unexplainedResets: 0, refused: 0 });
    expect(verdict.attempted).toBe(2_000);
    expect(verdict.shown).toBeGreaterThan(2_000 * 8);
    expect(happened.kill).toBe(3);
  },
  90_000,
);

chaosTest(
  `finds that a send is stored twice when the duplicate check is off (seed ${seed})`,
  async () => {
    const mix = { ...none, lose_answers: { times: 2, holdMs: [0, 0] as const } };
    const { verdict } = await run(400, mix, withoutDuplicateCheck);
    expect(verdict.doubled).toBeGreaterThan(0);
  },
  90_000,
);

chaosTest(
  `finds that pushes are missing when gaps are not repaired (seed ${seed})`,
  async () => {
    const mix = { ...none, bus_away: { times: 2, holdMs: [1_000, 2_000] as const } };
    const { verdict } = await run(500, mix, withoutGapRepair);
    expect(verdict.orderMismatches).toBeGreaterThan(0);
  },
  90_000,
);

chaosTest(
  `finds that sends are lost when they are answered before their commit (seed ${seed})`,
  async () => {
    const mix = { ...none, kill: { times: 4, holdMs: [100, 300] as const } };
    const { verdict } = await run(500, mix, withoutCommitBeforeReply);
    // What nobody acknowledged yet is lost as well to who does not wait for it, also where nothing is planted.
    expect(verdict.faults.join("\n")).toMatch(/acknowledged as \d+ at .* is not in the database/);
  },
  90_000,
);
