import { createWords } from "../../../shell/i18n/index.ts";
import type { entryKo } from "./entry-ko.ts";

/** The words of the ways in. Screens fetch them alongside; what says them waits for them by `index.ts`. */
export const words = createWords<typeof entryKo>({
  ko: () => import("./entry-ko.ts").then(({ entryKo }) => entryKo),
  en: () => import("./entry-en.ts").then(({ entryEn }) => entryEn),
});
