import type { Database } from "../platform/db/database.ts";

/** A transaction that has been asked for and has not begun. */
export type HeldTransaction = {
  /** Resolves when it is there. */
  readonly reached: Promise<void>;
  /** Lets it begin. */
  release(): void;
};

/**
 * A database whose next transaction can be held before it begins: a barrier between what a request has read and what it
 * writes. Whatever else happens meanwhile goes by another handle of the same database.
 */
export function holdTransactions(db: Database): { readonly db: Database; holdNext(): HeldTransaction } {
  let next: { readonly arrive: () => void; readonly released: Promise<void> } | null = null;
  const transaction: Database["transaction"] = async (run) => {
    const barrier = next;
    next = null;
    barrier?.arrive();
    await barrier?.released;
    return db.transaction(run);
  };
  return {
    db: { ...db, transaction },
    holdNext() {
      const reached = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      next = { arrive: reached.resolve, released: released.promise };
      return { reached: reached.promise, release: released.resolve };
    },
  };
}
