import type { Translated } from "../../../shell/i18n/words.ts";
import type { ko } from "./ko.ts";

/** The words of meeting somebody new in English. */
export const en: Translated<typeof ko> = {
  match: {
    page: "Home",
    greeting: "Hello, {{nickname}}",
    title: "Shall we find\nyou someone to talk to?",
    text: "One press, and you sit down with whoever is waiting.",
    start: "Match",
    safe: "You meet under aliases, and can leave at any time.",
    waiting: {
      page: "Waiting",
      title: "Looking for someone",
      elapsed: "Time waited",
      soon: "Whoever has waited longest is matched first.",
      later: "Feel free to look around. We take you there the moment it happens.",
      long: "It is a quiet hour. Look at other chats while you wait, or stop and come back later.",
      cancel: "Stop waiting",
      chip: "Waiting {{elapsed}}",
    },
    found: { text: "You have a match", go: "Go", close: "Close" },
    current: { open: "Go to the chat" },
    reason: {
      disconnected: "The connection was lost, so we stopped waiting.",
      timed_out: "We waited a good while and nobody came. Please try again in a bit.",
      suspended: "This account cannot use matching right now.",
    },
    next: "Next person",
    nextAsk: {
      title: "Meet the next person?",
      text: "This chat ends and disappears from your list. We look for someone new right away.",
      yes: "Meet the next person",
    },
    again: "Match again",
    blockToo: "Block this person and never meet them again",
    kind: "Matches",
    hints: { match: "meet somebody new chat", cancel: "stop waiting match", home: "match start" },
  },
};
