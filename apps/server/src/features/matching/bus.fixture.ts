import { seededRandom } from "@maru/testkit";
import { systemClock } from "../../platform/clock.ts";
import type { MatchingBus } from "./ports.ts";

/** Joins nodes by a bus that carries all until it is told to lose, double and reorder, as a bus may. */
export class WorldHub {
  readonly #handlers = new Set<{ bus: object; subject: string; handle: (payload: string) => void }>();
  readonly #random = seededRandom(1);
  lossRate = 0;
  /** How often a message comes twice, the second time late. */
  doubleRate = 0;

  connect(): MatchingBus {
    const bus = {};
    return {
      publish: (subject, payload) => {
        for (const entry of [...this.#handlers]) {
          if (entry.bus !== bus && entry.subject === subject) this.#carry(entry.handle, payload);
        }
      },
      subscribe: async (subject, handle) => {
        const entry = { bus, subject, handle };
        this.#handlers.add(entry);
        return () => this.#handlers.delete(entry);
      },
    };
  }

  #carry(handle: (payload: string) => void, payload: string): void {
    if (this.#random() < this.lossRate) return;
    queueMicrotask(() => handle(payload));
    if (this.#random() < this.doubleRate) systemClock.setTimeout(() => handle(payload), this.#random() * 10);
  }
}
