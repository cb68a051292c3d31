import type { Locale } from "@maru/protocol";
import { createInstance } from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { readSetting, writeSetting } from "../storage.ts";
import { en } from "./en.ts";
import { ko } from "./ko.ts";

/** Korean first; English for those who choose it. */
function readLocale(): Locale {
  return readSetting("locale") === "en" ? "en" : "ko";
}

export const i18n = createInstance();

/** Loads both catalogues at once: a switch of language waits for nothing. */
export function startI18n(): void {
  void i18n.use(initReactI18next).init({
    lng: readLocale(),
    fallbackLng: false,
    resources: { ko: { translation: ko }, en: { translation: en } },
    interpolation: { escapeValue: false },
    initAsync: false,
    returnNull: false,
  });
  document.documentElement.lang = readLocale();
}

/** Changes the language of everything, and remembers it on this device. */
export function chooseLocale(locale: Locale): void {
  writeSetting("locale", locale);
  document.documentElement.lang = locale;
  void i18n.changeLanguage(locale);
}

/** The words, and the language they are in. */
export function useWords() {
  const { t, i18n: current } = useTranslation();
  const locale: Locale = current.language === "en" ? "en" : "ko";
  return { t, locale };
}
