import type { Bus } from "./bus.ts";

/** Joins the buses of several nodes within one process; a process of its own has a hub with one. */
export class MemoryHub {
  readonly #buses = new Set<MemoryBus>();

  connect(): Bus {
    const bus = new MemoryBus(this.#buses);
    this.#buses.add(bus);
    return bus;
  }
}

/** The bus of a single process. */
class MemoryBus implements Bus {
  readonly #handlers = new Map<string, Set<(payload: string) => void>>();
  readonly #buses: Set<MemoryBus>;

  constructor(buses: Set<MemoryBus>) {
    this.#buses = buses;
  }

  publish(subject: string, payload: string): void {
    for (const bus of this.#buses) if (bus !== this) bus.#hear(subject, payload);
  }

  async subscribe(subject: string, handle: (payload: string) => void): Promise<() => Promise<void>> {
    const handlers = this.#handlers.get(subject) ?? new Set();
    this.#handlers.set(subject, handlers.add(handle));
    return async () => {
      handlers.delete(handle);
      if (handlers.size === 0 && this.#handlers.get(subject) === handlers) this.#handlers.delete(subject);
    };
  }

  /** It is never away. */
  onReconnect(): void {}

  async ping(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {
    this.#handlers.clear();
    this.#buses.delete(this);
  }

  /** Delivers later, as a wire would: a publisher must not depend on its listeners having run. */
  #hear(subject: string, payload: string): void {
    queueMicrotask(() => {
      for (const handle of this.#handlers.get(subject) ?? []) handle(payload);
    });
  }
}
