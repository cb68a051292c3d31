import { parentPort } from "node:worker_threads";
import { systemClock } from "../../../platform/clock.ts";
import { type GuessQuestion, loadGuessEstimate } from "./password-guessing.ts";

/** Idle time after which the thread ends, in ms: lists of passwords take memory, and most of the day nobody sets one. */
const idleMs = 30_000;

const estimate = loadGuessEstimate();
let idle = systemClock.setTimeout(end, idleMs);

function end(): void {
  process.exit(0);
}

parentPort?.on("message", async ({ id, question }: { id: number; question: GuessQuestion }) => {
  const { spellings, own } = question;
  const guess = await estimate;
  const ofStrangers = Math.min(...spellings.map((text) => guess(text, [])));
  const ofAcquaintances = Math.min(...spellings.map((text) => guess(text, own)));
  parentPort?.postMessage({ id, answer: { ofStrangers, ofAcquaintances } });
  systemClock.clearTimeout(idle);
  idle = systemClock.setTimeout(end, idleMs);
});
