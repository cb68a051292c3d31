import type { Translated } from "../../../shell/i18n/words.ts";
import type { placeKo } from "./place-ko.ts";

/** What the place of one's own account and its list are called, in English. */
export const placeEn: Translated<typeof placeKo> = { me: "Me", page: "Settings" };
