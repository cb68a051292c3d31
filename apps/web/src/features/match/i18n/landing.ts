import { createWords } from "../../../shell/i18n/index.ts";
import type { landingKo } from "./landing-ko.ts";

/** What the first page says of meeting somebody new. */
export const landing = createWords<typeof landingKo>({
  ko: () => import("./landing-ko.ts").then(({ landingKo }) => landingKo),
  en: () => import("./landing-en.ts").then(({ landingEn }) => landingEn),
});
