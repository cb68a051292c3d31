import type { Locale } from "@maru/protocol";
import { createInstance } from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { readSetting, writeSetting } from "../storage.ts";
import { whenIdle } from "../when-idle.ts";

/** Where the words of one part of the app come from: each language is fetched by itself, when it is wanted. */
export type Catalogue = Readonly<Record<Locale, () => Promise<object>>>;

/** Korean first; English for those who choose it. */
function readLocale(): Locale {
  return readSetting("locale") === "en" ? "en" : "ko";
}

export const i18n = createInstance();

const catalogues = new Map<string, Catalogue>();

/** Fetches the words of the chosen language and starts; the page has nothing to say before. */
export async function startI18n(): Promise<void> {
  const locale = readLocale();
  document.documentElement.lang = locale;
  await i18n.use(initReactI18next).init({
    lng: locale,
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await addCatalogue("translation", {
    ko: () => import("./ko.ts").then(({ ko }) => ko),
    en: () => import("./en.ts").then(({ en }) => en),
  });
  // The other language too, so that a switch waits for nothing, without network either.
  whenIdle(() => void loadAll(locale === "ko" ? "en" : "ko").catch(() => {}));
}

/** Adds the words of a part of the app; they can be used when this resolves. */
export async function addCatalogue(name: string, catalogue: Catalogue): Promise<void> {
  catalogues.set(name, catalogue);
  await loadCatalogue(name, catalogue, readLocale());
}

async function loadCatalogue(name: string, catalogue: Catalogue, locale: Locale): Promise<void> {
  if (!i18n.hasResourceBundle(locale, name)) i18n.addResourceBundle(locale, name, await catalogue[locale]());
}

async function loadAll(locale: Locale): Promise<void> {
  await Promise.all([...catalogues].map(([name, catalogue]) => loadCatalogue(name, catalogue, locale)));
}

/** Changes the language of everything, once its words are here, and remembers it on this device. */
export async function chooseLocale(locale: Locale): Promise<void> {
  await loadAll(locale);
  writeSetting("locale", locale);
  document.documentElement.lang = locale;
  await i18n.changeLanguage(locale);
}

/** The words, and the language they are in. */
export function useWords() {
  const { t, i18n: current } = useTranslation();
  const locale: Locale = current.language === "en" ? "en" : "ko";
  return { t, locale };
}
