import type { Locale } from "@maru/protocol";
import { useSyncExternalStore } from "react";
import { readSetting, writeSetting } from "../storage.ts";
import { whenIdle } from "../when-idle.ts";
import type { ko } from "./ko.ts";
import { type Say, sayFrom } from "./words.ts";

/** Where the words of one part of the app come from: each language is fetched by itself, when it is wanted. */
export type Catalogue<T> = Readonly<Record<Locale, () => Promise<T>>>;

/** Korean first; English for those who choose it. */
function readLocale(): Locale {
  return readSetting("locale") === "en" ? "en" : "ko";
}

let shown: Locale = readLocale();
const listeners = new Set<() => void>();
const loaders = new Set<(locale: Locale) => Promise<void>>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Adds the words of a part of the app, and resolves once the language that is shown is here. Returns a hook that says them
 * and follows the language.
 */
export async function addCatalogue<T>(catalogue: Catalogue<T>): Promise<() => Say<T>> {
  const loaded = new Map<Locale, Say<T>>();
  const load = async (locale: Locale) => {
    if (loaded.has(locale)) return;
    const tree: T = await catalogue[locale]();
    loaded.set(locale, sayFrom(tree, locale));
  };
  loaders.add(load);
  const speak = () => {
    const say = loaded.get(shown);
    if (!say) throw new Error(`The words of ${shown} are not here yet.`);
    return say;
  };
  // The language may have been changed while the words were on their way.
  while (!loaded.has(shown)) await load(shown);
  return () => useSyncExternalStore(subscribe, speak);
}

/** Fetches the words of a language for every part, also for those that come in while it waits. */
async function loadAll(locale: Locale): Promise<void> {
  for (let known = -1; known !== loaders.size; ) {
    known = loaders.size;
    await Promise.all([...loaders].map((load) => load(locale)));
  }
}

let useMainWords: (() => Say<typeof ko>) | null = null;

/** Fetches the words of the chosen language; the page has nothing to say before. */
export async function startI18n(): Promise<void> {
  document.documentElement.lang = shown;
  useMainWords = await addCatalogue<typeof ko>({
    ko: () => import("./ko.ts").then(({ ko }) => ko),
    en: () => import("./en.ts").then(({ en }) => en),
  });
  // The other language too, so that a switch waits for nothing, without network either.
  whenIdle(() => void loadAll(shown === "ko" ? "en" : "ko").catch(() => {}));
}

/** Changes the language of everything, once its words are here, and remembers it on this device. */
export async function chooseLocale(locale: Locale): Promise<void> {
  await loadAll(locale);
  writeSetting("locale", locale);
  document.documentElement.lang = locale;
  shown = locale;
  for (const listener of [...listeners]) listener();
}

/** The words that every screen has, and the language they are in. */
export function useWords() {
  if (!useMainWords) throw new Error("The words are asked for before the app has started.");
  const t = useMainWords();
  return { t, locale: shown };
}
