import { expect, test } from "bun:test";
import { join } from "node:path";
import { Glob } from "bun";
import { accountEn } from "./account-en.ts";
import { accountKo } from "./account-ko.ts";
import { en } from "./en.ts";
import { ko } from "./ko.ts";
import { paletteEn } from "./palette-en.ts";
import { paletteKo } from "./palette-ko.ts";

type Tree = { readonly [key: string]: string | Tree };

function flatten(tree: Tree, path = ""): Map<string, string> {
  const words = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    const key = path ? `${path}.${name}` : name;
    if (typeof value === "string") words.set(key, value);
    else for (const [inner, word] of flatten(value, key)) words.set(inner, word);
  }
  return words;
}

const [korean, english] = [
  flatten({ ...ko, account: accountKo, palette: paletteKo }),
  flatten({ ...en, account: accountEn, palette: paletteEn }),
];
const source = join(import.meta.dir, "../..");
const code = (
  await Promise.all(
    [...new Glob("**/*.{ts,tsx}").scanSync(source)]
      .filter((file) => !file.startsWith("shell/i18n/") && !/\.(test|fixture)\.tsx?$/.test(file))
      .map((file) => Bun.file(join(source, file)).text()),
  )
).join("\n");

test("both languages say the same things", () => {
  expect([...english.keys()]).toEqual([...korean.keys()]);
});

test("nothing is left without words, and the same things are filled in", () => {
  const slots = (word: string) => [...word.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();
  for (const [key, word] of korean) {
    expect([key, word.trim().length > 0, (english.get(key) ?? "").trim().length > 0]).toEqual([key, true, true]);
    expect([key, slots(english.get(key) ?? "")]).toEqual([key, slots(word)]);
  }
});

test("every word is used: its whole key stands in the code", () => {
  const unused = [...korean.keys()]
    // A catalogue that comes late is asked for by its own hook, without its name.
    .map((key) => key.replace(/_(one|other)$/, "").replace(/^(account|palette)\./, ""))
    .filter((key) => !code.includes(`"${key}"`));
  expect(unused).toEqual([]);
});

test("English is English", () => {
  const hangul = [...english].filter(
    ([key, word]) => key !== "settings.language.ko" && /\p{Script=Hangul}/u.test(word),
  );
  expect(hangul).toEqual([]);
});
