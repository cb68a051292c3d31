import { cutAtGrapheme, dropUnstorable, isBlankText } from "@maru/protocol";

/** Where drafts lie: the browser's storage, or nothing where it is withheld. */
export type DraftStorage = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

const prefix = "maru.draft.";
/** Longest draft kept, in UTF-16 units: a little over the longest message, so that a pasted book does not fill the storage. */
const maxUnits = 8_000;

/** What somebody began to write in each room, kept on this device over a reload. */
export type Drafts = {
  read(roomId: string): string;
  write(roomId: string, text: string): void;
  /** Forgets all of them: the next person at this device must not find them. */
  clear(): void;
};

export function createDrafts(storage: DraftStorage | null): Drafts {
  const memory = new Map<string, string>();
  return {
    read(roomId) {
      return memory.get(roomId) ?? storage?.getItem(prefix + roomId) ?? "";
    },
    write(roomId, text) {
      const draft = isBlankText(text) ? "" : cutAtGrapheme(dropUnstorable(text), maxUnits);
      memory.set(roomId, draft);
      try {
        if (draft === "") storage?.removeItem(prefix + roomId);
        else storage?.setItem(prefix + roomId, draft);
      } catch {
        // The storage is full: the draft lives until the tab closes.
      }
    },
    clear() {
      memory.clear();
      if (!storage) return;
      const keys = Array.from({ length: storage.length }, (_, at) => storage.key(at));
      for (const key of keys) if (key?.startsWith(prefix)) storage.removeItem(key);
    },
  };
}
