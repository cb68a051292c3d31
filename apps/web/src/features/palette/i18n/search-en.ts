import type { Translated } from "../../../shell/i18n/words.ts";
import type { searchKo } from "./search-ko.ts";

/** The words of the search over everything and of the list of keys in English. */
export const searchEn: Translated<typeof searchKo> = {
  find: {
    title: "What are you looking for?",
    label: "Find chats, settings and actions",
    hint: "The first letters are enough.",
    empty: "Nothing matches. Try other words.",
    results: "Found",
  },
  groups: { rooms: "Chats", actions: "Actions", places: "Pages", people: "People" },
  keys: {
    action: "Show keyboard shortcuts",
    hints: "keyboard help",
    title: "Keyboard shortcuts",
    close: "Close",
    everywhere: "Everywhere",
    find: "Find chats, settings and actions",
    show: "Show this list",
    back: "Close, go back",
    writing: "While writing",
    send: "Send",
    newLine: "New line",
    editLast: "In an empty field: edit your last message",
    toMessages: "Go to the messages",
    lists: "In lists",
    move: "Move up and down",
    ends: "To the first, to the last",
    open: "Open a chat, open a message's menu",
    menu: "Open the menu",
    letters: "Find by the first letters of a name",
    anyLetter: "Letters",
    menuKey: "Menu key",
  },
};
