import { createWords } from "../../../shell/i18n/index.ts";
import type { ko } from "./ko.ts";

/** The words of the first page: they come with it. */
export const words = createWords<typeof ko>({
  ko: () => import("./ko.ts").then(({ ko }) => ko),
  en: () => import("./en.ts").then(({ en }) => en),
});

export const { useWords } = words;
