import type { Translated } from "../../../shell/i18n/words.ts";
import type { landingKo } from "./landing-ko.ts";

/** What the first page says of talking to somebody one knows, in English. */
export const landingEn: Translated<typeof landingKo> = {
  title: "With someone you know",
  text: "A nickname is all you need to start a conversation.",
  unread: "You see how many people have not read your message yet.",
  offline: "What you write while offline is kept and sent once you are back.",
};
