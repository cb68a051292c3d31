/** A toast that waits to be shown. */
export type QueuedToast = { readonly text: string; readonly tone: "plain" | "good" | "bad" };

const waiting: QueuedToast[] = [];
const listeners = new Set<() => void>();
let hasAny = false;

/** Toasts until somebody is there to show them: the code that shows them comes with the first. */
export const toastQueue = {
  push(toast: QueuedToast): void {
    waiting.push(toast);
    hasAny = true;
    for (const listener of listeners) listener();
  },
  /** True from the first one on. */
  hasAny: () => hasAny,
  /** Hands over what waits; each is handed over once. */
  take: (): readonly QueuedToast[] => waiting.splice(0),
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
