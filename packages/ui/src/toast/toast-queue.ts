/** A toast that waits to be shown. */
export type QueuedToast = {
  readonly text: string;
  readonly tone: "plain" | "good" | "bad";
  /** Something to do about it. Such a toast stays until it is done, or put away. */
  readonly action?: { readonly label: string; readonly closeLabel: string; readonly onPress: () => void };
  /** Ends it: there is nothing more to be said. */
  readonly signal?: AbortSignal;
};

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
