import type { Log } from "../log.ts";

type Handle = (payload: string) => void;

/** Subscribers of one node by subject, and listeners for the bus coming back. A fault of one hurts no other. */
export class BusListeners {
  readonly #handles = new Map<string, Set<{ readonly handle: Handle }>>();
  readonly #onBack: (() => void)[] = [];
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  get subjects(): string[] {
    return [...this.#handles.keys()];
  }

  /** Adds a handler; `isFirst` when its subject had none. `remove` returns whether it was the last one. */
  add(subject: string, handle: Handle): { readonly isFirst: boolean; readonly remove: () => boolean } {
    const known = this.#handles.get(subject);
    const handles = known ?? new Set();
    const entry = { handle };
    this.#handles.set(subject, handles.add(entry));
    const remove = () => {
      if (!handles.delete(entry) || handles.size > 0) return false;
      if (this.#handles.get(subject) === handles) this.#handles.delete(subject);
      return true;
    };
    return { isFirst: known === undefined, remove };
  }

  deliver(subject: string, payload: string): void {
    for (const { handle } of this.#handles.get(subject) ?? []) this.#guard(() => handle(payload), subject);
  }

  addBack(listener: () => void): void {
    this.#onBack.push(listener);
  }

  notifyBack(): void {
    this.#log.info("The bus is back.");
    for (const listener of this.#onBack) this.#guard(listener, "back");
  }

  clear(): void {
    this.#handles.clear();
  }

  #guard(run: () => void, subject: string): void {
    try {
      run();
    } catch (error) {
      this.#log.error("A listener of the bus failed.", { subject, error });
    }
  }
}
