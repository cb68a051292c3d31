import type { Locale } from "@maru/protocol";
import { useSyncExternalStore } from "react";
import { readSetting, writeSetting } from "../storage.ts";
import { whenIdle } from "../when-idle.ts";
import type { ko } from "./ko.ts";
import { type Say, type SayAny, sayFrom, type WordKey } from "./words.ts";

/** Where the words of one part of the app come from: each language is fetched by itself, when it is wanted. */
export type Catalogue<T> = Readonly<Record<Locale, () => Promise<T>>>;

/** A text that is named before its words are here. Whoever draws it follows the language by `useWords`. */
export type Text = () => string;

/** The words of one part of the app, beside those that every screen has. */
export type Words<T> = {
  /** Resolves once the language that is shown is here. */
  readonly load: () => Promise<void>;
  /** Fetches the words beside a part of the program that says them. */
  readonly alongside: <M>(part: Promise<M>) => Promise<M>;
  /** Returns them and those of every screen, in the language that is shown. They must be here. */
  readonly useWords: () => { readonly t: Say<typeof ko & T>; readonly locale: Locale };
  readonly text: (key: WordKey<typeof ko & T>) => Text;
};

/** Korean first; English for those who choose it. */
function readLocale(): Locale {
  return readSetting("locale") === "en" ? "en" : "ko";
}

let shown: Locale = readLocale();
/** Whether there is a page: tests read the routes, and so the words, without one. */
let isShown = false;
const listeners = new Set<() => void>();
/** Parts whose words are wanted: a change of the language waits for all of them. */
const loaders = new Set<(locale: Locale) => Promise<void>>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A catalogue that has a language or has not; `rest` says what it lacks. */
function openCatalogue<T>(catalogue: Catalogue<T>, rest?: (locale: Locale) => SayAny) {
  const loaded = new Map<Locale, Say<T>>();
  const loadLocale = async (locale: Locale) => {
    if (loaded.has(locale)) return;
    const tree: T = await catalogue[locale]();
    if (!loaded.has(locale)) loaded.set(locale, sayFrom(tree, locale, rest?.(locale)));
  };
  const load = async () => {
    const isFirst = !loaders.has(loadLocale);
    loaders.add(loadLocale);
    // The language may be changed while the words are on their way.
    while (!loaded.has(shown)) await loadLocale(shown);
    // The other language too, so that a switch waits for nothing, without network either.
    if (isFirst && isShown) whenIdle(() => void loadLocale(shown === "ko" ? "en" : "ko").catch(() => {}));
  };
  const say = (locale: Locale): Say<T> => {
    const found = loaded.get(locale);
    if (!found) throw new Error(`Words of ${locale} are asked for before they are here.`);
    return found;
  };
  return { load, say };
}

const everywhere = openCatalogue<typeof ko>({
  ko: () => import("./ko.ts").then(({ ko }) => ko),
  en: () => import("./en.ts").then(({ en }) => en),
});

/**
 * Declares the words of a part of the app, without fetching them: whatever says them is loaded `alongside` them.
 *
 * @example
 * export const words = createWords<typeof ko>({
 *   ko: () => import("./ko.ts").then(({ ko }) => ko),
 *   en: () => import("./en.ts").then(({ en }) => en),
 * });
 */
export function createWords<T>(catalogue: Catalogue<T>): Words<T> {
  // Asked at each text: these words may be here before those of every screen.
  const own = openCatalogue(catalogue, (locale) => (key, values) => (everywhere.say(locale) as SayAny)(key, values));
  const load = async () => void (await Promise.all([own.load(), everywhere.load()]));
  const speak = () => own.say(shown) as Say<typeof ko & T>;
  return {
    load,
    alongside: async (part) => (await Promise.all([part, load()]))[0],
    useWords: () => ({ t: useSyncExternalStore(subscribe, speak), locale: shown }),
    text: (key) => () => speak()(key),
  };
}

/** Fetches the words of a language for every part, also for those that come in while it waits. */
async function loadAll(locale: Locale): Promise<void> {
  for (let known = -1; known !== loaders.size; ) {
    known = loaders.size;
    await Promise.all([...loaders].map((load) => load(locale)));
  }
}

/** Fetches the words of the chosen language that every screen has; the page has nothing to say before. */
export async function startI18n(): Promise<void> {
  isShown = true;
  document.documentElement.lang = shown;
  await everywhere.load();
}

/** Changes the language of everything, once its words are here, and remembers it on this device. */
export async function chooseLocale(locale: Locale): Promise<void> {
  await loadAll(locale);
  writeSetting("locale", locale);
  document.documentElement.lang = locale;
  shown = locale;
  for (const listener of [...listeners]) listener();
}

const speakEverywhere = () => everywhere.say(shown);

/** The words that every screen has, and the language they are in. */
export function useWords() {
  return { t: useSyncExternalStore(subscribe, speakEverywhere), locale: shown };
}
