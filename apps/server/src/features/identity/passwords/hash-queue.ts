import type { Clock, Timer } from "@maru/protocol";
import { fail } from "../../../platform/errors.ts";

/** For whom a password is hashed. */
export type HashCaller = {
  /** What counts as the address that the call comes from. */
  readonly address: string;
  /** The account that is meant, or the address that was typed. */
  readonly account: string;
  /** True for a browser that the account knows, a signed-in device, and whoever shows a link that was mailed. */
  readonly isKnown: boolean;
};

export type HashQueueOptions = {
  readonly clock: Clock;
  /** Hashes at the same time. */
  readonly concurrency?: number;
  /** Hashes that may wait. */
  readonly bound?: number;
  /** The longest a hash waits for its turn, in ms. */
  readonly deadlineMs?: number;
};

type Waiting = {
  readonly caller: HashCaller;
  readonly order: number;
  start(wasServedLately: boolean): void;
  refuse(): void;
};

/** The one place of those who were served a moment ago: strangers have one, and who is known has one. */
type Rest = { isRunning: boolean; endsAt: number; isTimed: boolean };

const newRest = (): Rest => ({ isRunning: false, endsAt: Number.NEGATIVE_INFINITY, isTimed: false });

/** Time after which somebody who was served counts as anybody else, in ms. */
const lateMs = 10_000;
/** Whom it remembers to have served, at most. */
const maxServed = 20_000;
const busyRetryMs = 2_000;
/** After each hash for one who was served a moment ago such callers pause for so many times as long, and at most so long. */
const pauseTimes = 3;
const maxPauseMs = 200;

export type HashQueue = ReturnType<typeof createHashQueue>;

/**
 * Gives hashes of passwords their turns. Memory and cores are what a flood of guesses is after, so few run at once, few
 * wait, and none waits for long; the answer then is `server.busy`.
 *
 * Turns go round by address and by account: known callers first, then whoever has the fewest of their own before them,
 * then who was served the longest ago. Those who were served a moment ago have one place at most, and a quarter of its
 * time: a flood leaves the cores to everybody else, and takes no place from who comes for the first time. Who is known has
 * such a place apart from strangers, whom newcomers keep waiting.
 * In a full queue the one who is furthest back gives way to a newcomer who would come before.
 */
export function createHashQueue({ clock, concurrency = 2, bound = 64, deadlineMs = 10_000 }: HashQueueOptions) {
  const waiting: Waiting[] = [];
  const served = new Map<string, { order: number; at: number }>();
  let running = 0;
  const [strangers, known] = [newRest(), newRest()];
  let count = 0;

  // Who is known counts for itself alone: strangers at its account or address cost it nothing.
  const keysOf = ({ address, account, isKnown }: HashCaller) =>
    isKnown ? [`known ${address} ${account}`] : [`address ${address}`, `account ${account}`];

  function noteServed(caller: HashCaller): void {
    for (const key of keysOf(caller)) {
      served.delete(key);
      served.set(key, { order: ++count, at: clock.monotonic() });
      if (served.size > maxServed) served.delete(served.keys().next().value as string);
    }
  }

  const servedOrder = (caller: HashCaller) => Math.max(...keysOf(caller).map((key) => served.get(key)?.order ?? 0));

  function wasServedLately(caller: HashCaller): boolean {
    const now = clock.monotonic();
    return keysOf(caller).some((key) => now - (served.get(key)?.at ?? Number.NEGATIVE_INFINITY) < lateMs);
  }

  /** Those who wait in the order of their turns. Sixty-four at most, so it is made anew each time. */
  function inTurn(): Waiting[] {
    const seen = new Map<string, number>();
    const placed = waiting.map((one) => {
      const ahead = Math.max(...keysOf(one.caller).map((key) => seen.get(key) ?? 0));
      for (const key of keysOf(one.caller)) seen.set(key, (seen.get(key) ?? 0) + 1);
      return { one, rank: [one.caller.isKnown ? 0 : 1, ahead, servedOrder(one.caller), one.order] };
    });
    placed.sort((a, b) => compare(a.rank, b.rank));
    return placed.map(({ one }) => one);
  }

  function remove(one: Waiting): void {
    const at = waiting.indexOf(one);
    if (at !== -1) waiting.splice(at, 1);
  }

  const restOf = ({ isKnown }: HashCaller) => (isKnown ? known : strangers);

  /** Whether those who were served a moment ago may have their one place again; if it rests, they are looked at when it has. */
  function isRested(rest: Rest): boolean {
    if (rest.isRunning) return false;
    const restMs = rest.endsAt - clock.monotonic();
    if (restMs <= 0) return true;
    if (!rest.isTimed) {
      rest.isTimed = true;
      // re-arms: only while somebody waits for their turn
      clock.setTimeout(() => {
        rest.isTimed = false;
        startNext();
      }, restMs);
    }
    return false;
  }

  /** Whether somebody may start. Strangers who were served a moment ago do so only where nobody else does anything. */
  function mayStart({ caller }: Waiting): boolean {
    if (!wasServedLately(caller)) return true;
    return (caller.isKnown || running === 0) && isRested(restOf(caller));
  }

  function startNext(): void {
    while (running < concurrency) {
      const turns = inTurn();
      // Who comes for the first time, or is known, before who was served a moment ago.
      const next = turns.find((one) => (one.caller.isKnown || !wasServedLately(one.caller)) && mayStart(one));
      const first = next ?? turns.find(mayStart);
      if (!first) return;
      remove(first);
      running++;
      const wasLate = wasServedLately(first.caller);
      if (wasLate) restOf(first.caller).isRunning = true;
      noteServed(first.caller);
      first.start(wasLate);
    }
  }

  /** Resolves when the turn has come; says whether the caller was served a moment ago. */
  function waitForTurn(caller: HashCaller): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let timer: Timer | null = null;
      const end = () => {
        if (timer) clock.clearTimeout(timer);
      };
      const one: Waiting = {
        caller,
        order: ++count,
        start(wasLate) {
          end();
          resolve(wasLate);
        },
        refuse() {
          end();
          remove(one);
          reject(fail("server.busy", {}, { retryAfterMs: busyRetryMs }));
        },
      };
      waiting.push(one);
      startNext();
      if (waiting.length > bound) inTurn().at(-1)?.refuse();
      if (waiting.includes(one)) timer = clock.setTimeout(() => one.refuse(), deadlineMs);
    });
  }

  return {
    /** Runs work when the caller's turn has come, or fails with `server.busy`. */
    async run<T>(caller: HashCaller, work: () => Promise<T>): Promise<T> {
      const wasLate = await waitForTurn(caller);
      const startedAt = clock.monotonic();
      try {
        return await work();
      } finally {
        running--;
        const endedAt = clock.monotonic();
        if (wasLate) {
          restOf(caller).isRunning = false;
          restOf(caller).endsAt = endedAt + Math.min(pauseTimes * (endedAt - startedAt), maxPauseMs);
        }
        startNext();
      }
    },
  };
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [i, value] of a.entries()) {
    const difference = value - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
