import { Worker } from "node:worker_threads";
import { fail } from "../../../platform/errors.ts";
import type { GuessAnswer, GuessQuestion } from "./password-guessing.ts";

/** Questions that may wait; each takes some milliseconds. */
const maxWaiting = 100;

type Waiting = {
  readonly question: GuessQuestion;
  resolve(answer: GuessAnswer): void;
  reject(error: Error): void;
  /** How often it was put to a thread that ended without an answer. */
  lost: number;
};

/**
 * Estimates guesses in a thread of its own. To load the lists takes a third of a second and an estimate several
 * milliseconds, and meanwhile nobody's message would leave. The thread begins with the first question and ends when it has had
 * none for a while.
 */
export class PasswordGuesser {
  #worker: Worker | null = null;
  #nextId = 1;
  readonly #waiting = new Map<number, Waiting>();
  readonly #entry: string | URL;

  /** `entry` is where the thread begins; another one in a test. */
  constructor(entry: string | URL = new URL("./password-guessing-worker.ts", import.meta.url)) {
    this.#entry = entry;
  }

  /** Asks how many guesses a password takes; fails with `server.busy` when too many wait, or when the thread dies of it. */
  ask(question: GuessQuestion): Promise<GuessAnswer> {
    if (this.#waiting.size >= maxWaiting) return Promise.reject(fail("server.busy"));
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { question, resolve, reject, lost: 0 });
      this.#post(id, question);
    });
  }

  #post(id: number, question: GuessQuestion): void {
    this.#worker ??= this.#open();
    this.#worker.postMessage({ id, question });
  }

  #open(): Worker {
    const worker = new Worker(this.#entry);
    // Nobody stays up for it: what asks has a connection that does.
    worker.unref();
    worker.on("message", ({ id, answer }: { id: number; answer: GuessAnswer }) => {
      this.#waiting.get(id)?.resolve(answer);
      this.#waiting.delete(id);
    });
    // It ends as well, and what it leaves is put to the next one.
    worker.on("error", () => {});
    worker.on("exit", () => this.#reopen(worker));
    return worker;
  }

  /** Puts what an ended thread left unanswered to the next one; what two threads have not answered is refused. */
  #reopen(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    for (const [id, waiting] of [...this.#waiting]) {
      if (++waiting.lost < 2) {
        this.#post(id, waiting.question);
        continue;
      }
      this.#waiting.delete(id);
      waiting.reject(fail("server.busy", {}, { cause: new Error("the thread that estimates guesses ended twice") }));
    }
  }
}
