import type { Translated } from "../../../shell/i18n/words.ts";
import type { ko } from "./ko.ts";

/** The words of the first page in English. */
export const en: Translated<typeof ko> = {
  landing: {
    page: "Sit down with someone new",
    title: "Who will you\ntalk to today?",
    text: "Meet someone new with one button. Start lightly, under an alias, and keep the conversation for as long as you like.",
    start: "Get started",
    logIn: "Log in",
    kinds: "Whoever it is, in one place",
    kept: "Until you leave, every conversation stays in your list, so you can pick it up at any time.",
  },
};
