import { addCatalogue } from "./index.ts";
import type { paletteKo } from "./palette-ko.ts";

/** The words of the search over everything and of the list of keys. What imports this is shown when they are here. */
export const usePaletteWords = await addCatalogue<typeof paletteKo>({
  ko: () => import("./palette-ko.ts").then(({ paletteKo }) => paletteKo),
  en: () => import("./palette-en.ts").then(({ paletteEn }) => paletteEn),
});
