import { expect, test } from "bun:test";
import { createDrafts, type DraftStorage } from "./drafts.ts";

function newStorage(limit = Number.POSITIVE_INFINITY): DraftStorage & { readonly entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    get length() {
      return entries.size;
    },
    key: (at) => [...entries.keys()][at] ?? null,
    getItem: (key) => entries.get(key) ?? null,
    setItem(key, value) {
      if (value.length > limit) throw new Error("QuotaExceededError");
      entries.set(key, value);
    },
    removeItem: (key) => void entries.delete(key),
  };
}

test("each room keeps its own draft over a reload", () => {
  const storage = newStorage();
  const drafts = createDrafts(storage);
  drafts.write("a", "안녕하세요");
  drafts.write("b", "two\nlines");
  const afterReload = createDrafts(storage);
  expect(afterReload.read("a")).toBe("안녕하세요");
  expect(afterReload.read("b")).toBe("two\nlines");
  expect(afterReload.read("c")).toBe("");
});

test("an emptied draft leaves nothing behind", () => {
  const storage = newStorage();
  const drafts = createDrafts(storage);
  drafts.write("a", "x");
  drafts.write("a", "  \n");
  expect(storage.entries.size).toBe(0);
  expect(drafts.read("a")).toBe("");
});

test("a full or missing storage keeps the draft for as long as the tab lives", () => {
  for (const storage of [newStorage(3), null]) {
    const drafts = createDrafts(storage);
    drafts.write("a", "longer than three");
    expect(drafts.read("a")).toBe("longer than three");
  }
});

test("clearing forgets drafts and nothing else", () => {
  const storage = newStorage();
  storage.setItem("maru.theme", "dark");
  const drafts = createDrafts(storage);
  drafts.write("a", "x");
  drafts.write("b", "y");
  drafts.clear();
  expect([...storage.entries.keys()]).toEqual(["maru.theme"]);
  expect(drafts.read("a")).toBe("");
});

test("a draft that is too long is cut between characters, and holds no half of one", () => {
  const drafts = createDrafts(newStorage());
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
