/** A value that changes and notifies its subscribers; what React calls an external store. */
export interface Observable<T> {
  /** The value now; the same object until it changes. */
  getSnapshot(): T;
  /** Calls after each change; returns how to stop. */
  subscribe(listener: () => void): () => void;
}

/** An observable that its owner sets. */
export class Subject<T> implements Observable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  // Bound, because a store is handed on as two functions.
  readonly getSnapshot = (): T => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }
}
