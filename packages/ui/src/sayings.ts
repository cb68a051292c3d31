/** Something said in passing. */
export type Said = { readonly text: string; readonly tone: "plain" | "good" | "bad" };

const waiting: Said[] = [];
const listeners = new Set<() => void>();
let hasAny = false;

/** What was said until somebody is there to show it: the code that shows toasts comes with the first of them. */
export const sayings = {
  say(said: Said): void {
    waiting.push(said);
    hasAny = true;
    for (const listener of listeners) listener();
  },
  /** True from the first one on. */
  hasAny: () => hasAny,
  /** Hands over what waits; each is handed over once. */
  take: (): readonly Said[] => waiting.splice(0),
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
