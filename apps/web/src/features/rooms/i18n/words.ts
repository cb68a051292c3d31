import { createWords } from "../../../shell/i18n/index.ts";
import type { ko } from "./ko.ts";

/** The words of conversations: they come with the house. */
export const words = createWords<typeof ko>({
  ko: () => import("./ko.ts").then(({ ko }) => ko),
  en: () => import("./en.ts").then(({ en }) => en),
});

export const { useWords } = words;
