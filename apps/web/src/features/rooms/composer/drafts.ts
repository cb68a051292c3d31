import { cutAtGrapheme, dropUnstorable, isBlankText } from "@maru/protocol";
import type { TextStorage } from "../../../shell/storage.ts";

/** Where drafts lie. */
export type DraftStorage = Omit<TextStorage, "state">;

const prefix = "maru.draft.";
/** Longest draft kept, in UTF-16 units: a little over the longest message, so that a pasted book does not fill the storage. */
const maxUnits = 8_000;

/** What somebody began to write in each room, kept on this device over a reload. */
export type Drafts = {
  read(roomId: string): string;
  write(roomId: string, text: string): void;
  /** Calls with the draft of a room when another tab has changed it, or sent it. Returns how to stop. */
  onChanged(roomId: string, listener: (text: string) => void): () => void;
  /** Forgets all of them: the next person at this device must not find them. */
  clear(): void;
};

export function createDrafts(storage: DraftStorage): Drafts {
  return {
    read(roomId) {
      return storage.read(prefix + roomId) ?? "";
    },
    write(roomId, text) {
      const draft = isBlankText(text) ? "" : cutAtGrapheme(dropUnstorable(text), maxUnits);
      storage.write(prefix + roomId, draft === "" ? null : draft);
    },
    onChanged(roomId, listener) {
      return storage.onChanged((key, text) => {
        if (key === prefix + roomId) listener(text ?? "");
      });
    },
    clear() {
      for (const key of storage.keys()) if (key.startsWith(prefix)) storage.write(key, null);
    },
  };
}
