import type { Translated } from "../../../shell/i18n/words.ts";
import type { landingKo } from "./landing-ko.ts";

/** What the first page says of meeting somebody new, in English. */
export const landingEn: Translated<typeof landingKo> = {
  title: "With someone new",
  text: "One press brings you together with one person who is waiting right now.",
  alias: "They see an alias only. Neither your nickname nor your e-mail is shown.",
  next: "If it is not a good fit, just meet the next person.",
};
