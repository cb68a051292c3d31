import { type Log, silentLog } from "../log.ts";
import type { Bus } from "./bus.ts";
import { BusListeners } from "./bus-listeners.ts";

/** Joins the buses of several nodes within one process; a process of its own has a hub with one. */
export class MemoryHub {
  readonly #buses = new Set<MemoryBus>();

  connect(log: Log = silentLog): Bus {
    const bus = new MemoryBus(this.#buses, log);
    this.#buses.add(bus);
    return bus;
  }
}

/** The bus of a single process. */
class MemoryBus implements Bus {
  readonly #listeners: BusListeners;
  readonly #buses: Set<MemoryBus>;

  constructor(buses: Set<MemoryBus>, log: Log) {
    this.#buses = buses;
    this.#listeners = new BusListeners(log);
  }

  publish(subject: string, payload: string): void {
    for (const bus of this.#buses) if (bus !== this) bus.#deliver(subject, payload);
  }

  async subscribe(subject: string, handle: (payload: string) => void): Promise<() => Promise<void>> {
    const { remove } = this.#listeners.add(subject, handle);
    return async () => void remove();
  }

  /** It is never away. */
  onReconnect(): void {}

  async ping(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    this.#buses.delete(this);
  }

  /** Delivers later, as a wire would: a publisher must not depend on its listeners having run. */
  #deliver(subject: string, payload: string): void {
    queueMicrotask(() => this.#listeners.deliver(subject, payload));
  }
}
