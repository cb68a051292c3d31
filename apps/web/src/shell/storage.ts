import type { Observable, StorageState } from "@maru/client";

/** Small texts of this device. Where the browser refuses to keep them they last as long as the page. */
export type TextStorage = {
  read(key: string): string | null;
  /** Null forgets it. */
  write(key: string, value: string | null): void;
  keys(): string[];
  /** Calls with what another tab has changed. Returns how to stop. */
  onChanged(listener: (key: string, value: string | null) => void): () => void;
  readonly state: Observable<StorageState>;
};

/** Does what a browser may refuse (private windows, strict settings, a full disk); null where it did. */
function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}

/** Opens the browser's storage for small texts. The one place of the app that touches it. */
export function openTextStorage(): TextStorage {
  /** What the browser did not take; null what it would not forget. */
  const held = new Map<string, string | null>();
  const listeners = new Set<() => void>();
  const place = () => attempt(() => globalThis.localStorage) ?? null;
  const hold = (key: string, value: string | null, isKept: boolean) => {
    const before = held.size;
    if (isKept) held.delete(key);
    else held.set(key, value);
    if ((before === 0) !== (held.size === 0)) for (const listener of listeners) listener();
  };
  return {
    state: {
      getSnapshot: () => (held.size === 0 ? "kept" : "refused"),
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    read(key) {
      const value = held.get(key);
      return value === undefined ? attempt(() => place()?.getItem(key) ?? null) : value;
    },
    write(key, value) {
      const isKept = attempt(() => {
        const storage = place();
        if (value === null) storage?.removeItem(key);
        else storage?.setItem(key, value);
        return storage !== null;
      });
      hold(key, value, isKept === true);
    },
    keys() {
      const kept = attempt(() => {
        const storage = place();
        return storage ? Array.from({ length: storage.length }, (_, at) => storage.key(at) ?? "") : [];
      });
      return [...new Set([...(kept ?? []), ...held.keys()])].filter((key) => held.get(key) !== null);
    },
    onChanged(listener) {
      const onStorage = ({ key, newValue }: StorageEvent) => {
        // Everything at once is cleared by people who clear their browser.
        if (key === null) return;
        hold(key, null, true);
        listener(key, newValue);
      };
      attempt(() => window.addEventListener("storage", onStorage));
      return () => void attempt(() => window.removeEventListener("storage", onStorage));
    },
  };
}

/** What this device keeps for the app. */
export const texts = openTextStorage();

export type SettingName = "theme" | "locale" | "list-width" | "list-folded";

/** Reads a setting of this device. The names are known to public/look.js too. */
export function readSetting(name: SettingName): string | null {
  return texts.read(`maru.${name}`);
}

/** Keeps a setting on this device; null forgets it. */
export function writeSetting(name: SettingName, value: string | null): void {
  texts.write(`maru.${name}`, value);
}
