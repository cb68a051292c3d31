import { expect, test } from "bun:test";
import { createDrafts, type DraftStorage } from "./drafts.ts";

/** The storage of a browser, as each of its tabs has it: the others hear what one changes. */
class PretendedTexts {
  readonly entries = new Map<string, string>();
  readonly #tabs = new Map<object, Set<(key: string, value: string | null) => void>>();

  openTab(): DraftStorage {
    const listeners = new Set<(key: string, value: string | null) => void>();
    const tab = {
      read: (key: string) => this.entries.get(key) ?? null,
      write: (key: string, value: string | null) => {
        if (value === null) this.entries.delete(key);
        else this.entries.set(key, value);
        for (const [other, hear] of this.#tabs) if (other !== tab) for (const each of hear) each(key, value);
      },
      keys: () => [...this.entries.keys()],
      onChanged(listener: (key: string, value: string | null) => void) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
    this.#tabs.set(tab, listeners);
    return tab;
  }
}

test("each room keeps its own draft over a reload", () => {
  const storage = new PretendedTexts().openTab();
  const drafts = createDrafts(storage);
  drafts.write("a", "안녕하세요");
  drafts.write("b", "two\nlines");
  const afterReload = createDrafts(storage);
  expect(afterReload.read("a")).toBe("안녕하세요");
  expect(afterReload.read("b")).toBe("two\nlines");
  expect(afterReload.read("c")).toBe("");
});

test("an emptied draft leaves nothing behind", () => {
  const storage = new PretendedTexts();
  const drafts = createDrafts(storage.openTab());
  drafts.write("a", "x");
  drafts.write("a", "  \n");
  expect(storage.entries.size).toBe(0);
  expect(drafts.read("a")).toBe("");
});

test("what another tab writes or sends is heard, of this room alone, until one stops to listen", () => {
  const browser = new PretendedTexts();
  const [here, there] = [createDrafts(browser.openTab()), createDrafts(browser.openTab())];
  const heard: string[] = [];
  const stop = here.onChanged("a", (text) => heard.push(text));
  there.write("a", "보낼 말");
  there.write("b", "다른 방");
  there.write("a", "");
  here.write("a", "여기서 쓴 말");
  expect(heard).toEqual(["보낼 말", ""]);
  stop();
  there.write("a", "또");
  expect(heard).toHaveLength(2);
});

test("clearing forgets drafts and nothing else", () => {
  const storage = new PretendedTexts();
  storage.entries.set("maru.theme", "dark");
  const drafts = createDrafts(storage.openTab());
  drafts.write("a", "x");
  drafts.write("b", "y");
  drafts.clear();
  expect([...storage.entries.keys()]).toEqual(["maru.theme"]);
  expect(drafts.read("a")).toBe("");
});

test("a draft that is too long is cut between characters, and holds no half of one", () => {
  const drafts = createDrafts(new PretendedTexts().openTab());
  for (const emoji of ["👨‍👩‍👧‍👦", "😀", "가\u0301", "❤️"]) {
    for (let shift = 0; shift < emoji.length; shift++) {
      drafts.write("a", `${"x".repeat(8_000 - shift)}${emoji}끝`);
      const kept = drafts.read("a");
      expect(kept.isWellFormed()).toBe(true);
      expect(["", emoji]).toContain(kept.replace(/^x+/, ""));
      expect(kept.length).toBeLessThanOrEqual(8_000);
      expect(kept.length).toBeGreaterThan(7_900);
    }
  }
  drafts.write("a", "안녕\ud83d하세요");
  expect(drafts.read("a")).toBe("안녕하세요");
});
