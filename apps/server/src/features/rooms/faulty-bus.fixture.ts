import { seededRandom } from "@maru/testkit";
import { systemClock } from "../../platform/clock.ts";
import type { RoomsBus } from "./ports.ts";

/** Joins nodes by a bus that loses, doubles, delays and reorders, as a bus may. */
export class FaultyHub {
  readonly #handlers = new Set<{ bus: object; subject: string; handle: (payload: string) => void }>();
  readonly #reconnects: (() => void)[] = [];
  random = seededRandom(1);
  lossRate = 0.1;
  doubleRate = 0.1;
  maxDelayMs = 15;
  readonly counts = { lost: 0, doubled: 0, delayed: 0, delivered: 0 };

  connect(): RoomsBus {
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
      onReconnect: (listen) => this.#reconnects.push(listen),
    };
  }

  /** Tells the nodes that the bus was away and is back. */
  reconnect(): void {
    for (const listen of this.#reconnects) listen();
  }

  #carry(handle: (payload: string) => void, payload: string): void {
    if (this.random() < this.lossRate) {
      this.counts.lost++;
      return;
    }
    const times = this.random() < this.doubleRate ? 2 : 1;
    if (times === 2) this.counts.doubled++;
    for (let i = 0; i < times; i++) {
      const delayMs = this.random() < 0.5 ? 0 : this.random() * this.maxDelayMs;
      this.counts.delivered++;
      if (delayMs === 0) queueMicrotask(() => handle(payload));
      else {
        this.counts.delayed++;
        systemClock.setTimeout(() => handle(payload), delayMs);
      }
    }
  }
}
