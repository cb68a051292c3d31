import type { ko } from "./ko.ts";
import type { Translated } from "./words.ts";

/** The words of every screen in English. */
export const en: Translated<typeof ko> = {
  app: {
    name: "Maru",
    title: "{{page}} · Maru",
    notFound: {
      title: "There is nothing here",
      text: "The address has changed, or the page is gone.",
      home: "Go home",
    },
    crashed: { title: "This page could not be drawn", text: "Loading it again usually helps.", reload: "Load again" },
    toasts: "Notices",
    skip: "Skip to content",
  },
  common: {
    back: "Back",
    cancel: "Cancel",
    next: "Next",
    retry: "Try again",
    loading: "Loading",
    failed: "Could not be loaded",
    unknown: "(unknown)",
  },
  nav: { label: "Main menu" },
  language: { ko: "한국어", en: "English" },
  legal: { terms: "Terms", privacy: "Privacy policy" },
  frame: { resize: "Width of the list", fold: "Hide the list", unfold: "Show the list", close: "Close" },
  connection: {
    offline: "You are offline. What you write is sent once you are back.",
    reconnecting: "Reconnecting…",
    stopped: "This page is out of date. Please reload it.",
    reload: "Reload",
  },
  storage: {
    refused: "This browser does not let Maru store anything. What is not sent is gone when you close the window.",
  },
};
