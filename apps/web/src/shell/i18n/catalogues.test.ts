import { expect, test } from "bun:test";
import { basename, join } from "node:path";
import { Glob } from "bun";
import type { WordTree } from "./words.ts";

const source = join(import.meta.dir, "../..");
const files = [...new Glob("**/*.{ts,tsx}").scanSync(source)].toSorted();

/** Reads the one catalogue that a file holds. */
async function read(file: string): Promise<ReadonlyMap<string, string>> {
  const trees = Object.values((await import(join(source, file))) as Record<string, WordTree>);
  expect([file, trees.length]).toEqual([file, 1]);
  return flatten(trees[0] ?? {});
}

function flatten(tree: WordTree, path = ""): Map<string, string> {
  const words = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    const key = path ? `${path}.${name}` : name;
    if (typeof value === "string") words.set(key, value);
    else for (const [inner, word] of flatten(value, key)) words.set(inner, word);
  }
  return words;
}

/** The catalogues of a language, by what they are called without it: `features/rooms/i18n/landing-`. */
async function catalogues(language: string): Promise<Map<string, ReadonlyMap<string, string>>> {
  const named = new RegExp(`/i18n/(.+-)?${language}\\.ts$`);
  const own = files.filter((file) => named.test(file));
  return new Map(
    await Promise.all(own.map(async (file) => [file.slice(0, -`${language}.ts`.length), await read(file)] as const)),
  );
}

const [korean, english] = [await catalogues("ko"), await catalogues("en")];

test("every part of the app has its words in both languages, and they say the same things", () => {
  expect([...english.keys()]).toEqual([...korean.keys()]);
  expect(korean.size).toBeGreaterThan(8);
  for (const [part, words] of korean)
    expect([part, ...(english.get(part)?.keys() ?? [])]).toEqual([part, ...words.keys()]);
});

test("nothing is left without words, and the same things are filled in", () => {
  const slots = (word: string) => [...word.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();
  for (const [part, words] of korean) {
    for (const [key, word] of words) {
      const other = english.get(part)?.get(key) ?? "";
      expect([part, key, word.trim().length > 0, other.trim().length > 0]).toEqual([part, key, true, true]);
      expect([part, key, slots(other)]).toEqual([part, key, slots(word)]);
    }
  }
});

test("every word is used: its whole key stands in the code of its part", async () => {
  const code = new Map<string, string>();
  for (const file of files.filter((file) => !file.includes("/i18n/") || basename(file).startsWith("words"))) {
    if (/\.(test|fixture)\.tsx?$/.test(file)) continue;
    code.set(file, await Bun.file(join(source, file)).text());
  }
  const unused = [...korean].flatMap(([part, words]) => {
    const folder = part.slice(0, part.indexOf("/i18n/"));
    // Every screen has the words of the shell; those of auth are lent to the settings by its door.
    const speaks = (file: string) =>
      folder === "shell" ||
      file.startsWith(`${folder}/`) ||
      (folder === "features/auth" && file.startsWith("features/"));
    const text = [...code].flatMap(([file, own]) => (speaks(file) ? [own] : [])).join("\n");
    return [...words.keys()]
      .map((key) => key.replace(/_(one|other)$/, ""))
      .filter((key) => !text.includes(`"${key}"`))
      .map((key) => `${part}: ${key}`);
  });
  expect(unused).toEqual([]);
});

test("English is English", () => {
  const hangul = [...english].flatMap(([, words]) =>
    [...words].filter(([key, word]) => key !== "language.ko" && /\p{Script=Hangul}/u.test(word)),
  );
  expect(hangul).toEqual([]);
});
