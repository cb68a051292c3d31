import { systemClock } from "../../platform/clock.ts";
import { type GuessQuestion, loadGuessEstimate } from "./password-guessing.ts";

declare const self: Worker;

/** Idle time after which the thread ends, in ms: lists of passwords take memory, and most of the day nobody sets one. */
const idleMs = 30_000;

const estimate = loadGuessEstimate();
let idle = systemClock.setTimeout(end, idleMs);

function end(): void {
  process.exit(0);
}

self.onmessage = async ({ data }: MessageEvent<{ id: number; question: GuessQuestion }>) => {
  systemClock.clearTimeout(idle);
  const { spellings, own } = data.question;
  const guess = await estimate;
  const ofStrangers = Math.min(...spellings.map((text) => guess(text, [])));
  const ofAcquaintances = Math.min(...spellings.map((text) => guess(text, own)));
  postMessage({ id: data.id, answer: { ofStrangers, ofAcquaintances } });
  idle = systemClock.setTimeout(end, idleMs);
};
