import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench, BenchResult } from "../bench.ts";
import type { BenchOptions } from "../bench-options.ts";
import { Histogram } from "../histogram.ts";
import { MetricCollector } from "../metric-collector.ts";
import { longMix, shortMix } from "./fault-plan.ts";
import { type ChaosOutcome, runChaos } from "./run-chaos.ts";

const longSends = 100_000;
const shortSends = 2_000;

/** Everything that breaks, at once, under two hundred people who talk: nothing acknowledged is lost, nothing doubled. */
export const chaos: Bench = {
  name: "chaos",
  doc: "two nodes behind nginx, 200 people in 40 rooms, while nodes, bus, database and connections break",
  parts: [],
  isInTour: false,
  async run(options) {
    const seed = options.seed ?? Math.floor(Math.random() * 1_000_000);
    const sends = options.sends ?? (options.isQuick ? shortSends : longSends);
    const isShort = sends < 20_000;
    options.print(`seed ${seed}, ${sends} sends`);
    const outcome = await runChaos({
      seed,
      sends,
      mix: isShort ? shortMix : longMix,
      // A short run has clients that wait a fifth as long for everything, so that its faults are over within it.
      ...(isShort ? { sendsPerSecond: 120, speed: 5 } : { sendsPerSecond: 300, speed: 1 }),
      print: options.print,
    });
    return present(outcome, seed, options, sends);
  },
};

async function present(
  outcome: ChaosOutcome,
  seed: number,
  options: BenchOptions,
  sends: number,
): Promise<BenchResult> {
  const { verdict, happened, missed, history } = outcome;
  const collector = new MetricCollector();
  const count = (id: string, value: number) => collector.add(`chaos.${id}`, "count", value);
  count("sends", verdict.attempted);
  count("acknowledged", verdict.acked);
  count("lost", verdict.lost);
  count("doubled", verdict.doubled);
  count("order_mismatches", verdict.orderMismatches);
  count("resets", verdict.resets);
  count("resets_unexplained", verdict.unexplainedResets);
  count("refused", verdict.refused);
  count("repeated", verdict.repeated);
  count("pushes", verdict.pushed);
  count("shown", verdict.shown);
  count("reconnects", verdict.reconnects);
  count("token_renewals", verdict.renewals);
  count("token_expiries", verdict.expiries);
  for (const [kind, times] of Object.entries(happened)) count(`faults_${kind}`, times);
  const replies = new Histogram();
  for (const entry of history.entries) if (entry.is === "acked") replies.record(entry.tookMs * 1e6);
  collector.add("chaos.reply_p50_ms", "ms", replies.percentile(50) / 1e6);
  collector.add("chaos.reply_p99_ms", "ms", replies.percentile(99) / 1e6);
  collector.add("chaos.seconds_to_settle", "s", outcome.settleMs / 1_000);
  const faults = [...verdict.faults, ...missed];
  const notes = [`seed ${seed}`];
  if (faults.length > 0) {
    const folder = mkdtempSync(join(tmpdir(), "maru-chaos-history-"));
    await history.write(join(folder, "history.jsonl"));
    notes.push(
      `again: ./maru bench chaos --seed ${seed} --sends ${sends}`,
      `what every client was told: ${join(folder, "history.jsonl")}`,
    );
    options.print(`FAILED with seed ${seed}`);
  }
  return { settings: { cluster: outcome.description }, metrics: collector.metrics(), notes, faults };
}
