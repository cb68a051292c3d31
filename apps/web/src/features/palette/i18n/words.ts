import { createWords } from "../../../shell/i18n/index.ts";
import type { searchKo } from "./search-ko.ts";

/** The words of the search over everything and of the list of keys. */
export const words = createWords<typeof searchKo>({
  ko: () => import("./search-ko.ts").then(({ searchKo }) => searchKo),
  en: () => import("./search-en.ts").then(({ searchEn }) => searchEn),
});
