import { createWords } from "../../../shell/i18n/index.ts";
import { placeEn } from "./place-en.ts";
import { placeKo } from "./place-ko.ts";

/** What the frame says of the settings before they are here: too little to be fetched by itself. */
export const place = createWords<typeof placeKo>({ ko: async () => placeKo, en: async () => placeEn });
