import type { accountKo } from "./account-ko.ts";
import { addCatalogue } from "./index.ts";

/** The words of the ways into an account. Screens that import this are shown when they are here. */
export const useAccountWords = await addCatalogue<typeof accountKo>({
  ko: () => import("./account-ko.ts").then(({ accountKo }) => accountKo),
  en: () => import("./account-en.ts").then(({ accountEn }) => accountEn),
});
