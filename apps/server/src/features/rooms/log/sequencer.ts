import type { Clock, Timer } from "@maru/protocol";
import type { Change } from "./changes.ts";

/** How long a change that came early waits for those before it, in ms, before the database is asked. */
const gapPatienceMs = 30;
/** Early changes held for one room; above it they are dropped and read from the database instead. */
const maxEarly = 1_024;

/**
 * States and what moves between them:
 *
 * | state    | offer                     | open(rev)        | fill(…)                  | gap timer      |
 * |----------|---------------------------|------------------|--------------------------|----------------|
 * | opening  | hold                      | → serving, drain |                          |                |
 * | serving  | emit what follows, hold the rest, start the timer |  | emit, drain      | ask → filling  |
 * | filling  | emit what follows, hold the rest |           | emit, drain → serving    |                |
 * | closed   | drop                      |                  |                          |                |
 */
type State = "opening" | "serving" | "filling" | "closed";

export type SequencerPort = {
  readonly clock: Clock;
  /** Hands changes to the sockets: in order of rev, none missing, none twice. */
  emit(changes: readonly Change[]): void;
  /** Asks for what the database holds after `appliedRev`; answered by `fill` or `fillFailed`. */
  requestFill(): void;
};

/** Puts the changes of one room in order of `rev` for all its watchers on this node. */
export class Sequencer {
  #state: State = "opening";
  #appliedRev = 0;
  /** The highest rev heard of; above `appliedRev` something is missing. */
  #notedRev = 0;
  #early: Map<number, Change> | null = null;
  #timer: Timer | null = null;
  readonly #port: SequencerPort;

  constructor(port: SequencerPort) {
    this.#port = port;
  }

  get appliedRev(): number {
    return this.#appliedRev;
  }

  /** Starts at the rev that the database told; what was offered meanwhile follows. */
  open(rev: number): void {
    if (this.#state !== "opening") return;
    this.#state = "serving";
    this.#appliedRev = rev;
    this.#drain([]);
  }

  /** Takes changes from anywhere: in any order, late, twice. */
  offer(changes: readonly Change[]): void {
    if (this.#state === "closed") return;
    const ready: Change[] = [];
    for (const change of changes) {
      if (this.#state !== "opening" && change.rev === this.#appliedRev + 1) {
        this.#appliedRev = change.rev;
        ready.push(change);
      } else if (this.#state === "opening" || change.rev > this.#appliedRev) {
        this.#hold(change);
      }
    }
    this.#drain(ready);
  }

  /** Receives that the room stands at a rev, without the change itself. */
  noteRemoteHead(rev: number): void {
    if (this.#state === "closed" || rev <= this.#notedRev) return;
    this.#notedRev = rev;
    this.#drain([]);
  }

  /** Takes what the database holds: every rev after `appliedRev` up to `toRev`, in order. */
  fill(changes: readonly Change[], toRev: number): void {
    if (this.#state !== "filling") return;
    this.#state = "serving";
    // The database is the truth: a rev heard of that it does not know was of another numbering.
    this.#notedRev = toRev;
    this.#drain(this.#take(changes));
  }

  /** Goes on after a failed fill by waiting once more. */
  fillFailed(): void {
    if (this.#state !== "filling") return;
    this.#state = "serving";
    this.#drain([]);
  }

  /** Jumps to a rev: too much was missed to be told change by change. */
  skipTo(rev: number): void {
    if (this.#state === "closed") return;
    this.#state = "serving";
    this.#appliedRev = Math.max(this.#appliedRev, rev);
    this.#notedRev = this.#appliedRev;
    this.#drain([]);
  }

  /** Starts anew at a rev of another numbering; what is held belongs to the old one. */
  reset(rev: number): void {
    if (this.#state === "closed") return;
    this.#state = "serving";
    this.#appliedRev = rev;
    this.#notedRev = rev;
    this.#early = null;
    this.#stopTimer();
  }

  close(): void {
    this.#state = "closed";
    this.#early = null;
    this.#stopTimer();
  }

  #take(changes: readonly Change[]): Change[] {
    const ready: Change[] = [];
    for (const change of changes) {
      if (change.rev !== this.#appliedRev + 1) continue;
      this.#appliedRev = change.rev;
      ready.push(change);
    }
    return ready;
  }

  #hold(change: Change): void {
    this.#early ??= new Map();
    this.#early.set(change.rev, change);
    if (change.rev > this.#notedRev) this.#notedRev = change.rev;
    if (this.#early.size > maxEarly) this.#early.clear();
  }

  /** Adds what was waiting for `ready`, emits all of it, and sees whether something is still missing. */
  #drain(ready: Change[]): void {
    if (this.#state === "opening") return;
    if (this.#early !== null && this.#early.size > 0) {
      for (let next = this.#early.get(this.#appliedRev + 1); next; next = this.#early.get(this.#appliedRev + 1)) {
        this.#appliedRev = next.rev;
        ready.push(next);
      }
      for (const rev of this.#early.keys()) if (rev <= this.#appliedRev) this.#early.delete(rev);
      if (this.#early.size === 0) this.#early = null;
    }
    if (ready.length > 0) this.#port.emit(ready);
    if (this.#notedRev <= this.#appliedRev) this.#stopTimer();
    else if (this.#state === "serving" && this.#timer === null) this.#startTimer();
  }

  #startTimer(): void {
    this.#timer = this.#port.clock.setTimeout(() => {
      this.#timer = null;
      if (this.#state !== "serving" || this.#notedRev <= this.#appliedRev) return;
      this.#state = "filling";
      this.#port.requestFill();
    }, gapPatienceMs);
  }

  #stopTimer(): void {
    if (this.#timer === null) return;
    this.#port.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
