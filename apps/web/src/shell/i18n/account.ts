import { useTranslation } from "react-i18next";
import { addCatalogue } from "./index.ts";

// Screens that import this are shown when its words are here.
await addCatalogue("account", {
  ko: () => import("./account-ko.ts").then(({ accountKo }) => accountKo),
  en: () => import("./account-en.ts").then(({ accountEn }) => accountEn),
});

/** The words of the ways into an account. They come with the screens that import this. */
export function useAccountWords() {
  return useTranslation("account").t;
}
