import { createWords } from "../../../shell/i18n/index.ts";
import type { pagesKo } from "./pages-ko.ts";

/** The words of the settings. Pages fetch them alongside; what says them waits for them by `index.ts`. */
export const words = createWords<typeof pagesKo>({
  ko: () => import("./pages-ko.ts").then(({ pagesKo }) => pagesKo),
  en: () => import("./pages-en.ts").then(({ pagesEn }) => pagesEn),
});
