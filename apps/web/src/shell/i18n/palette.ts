import { useTranslation } from "react-i18next";
import { addCatalogue } from "./index.ts";

// What imports this is shown when its words are here.
await addCatalogue("palette", {
  ko: () => import("./palette-ko.ts").then(({ paletteKo }) => paletteKo),
  en: () => import("./palette-en.ts").then(({ paletteEn }) => paletteEn),
});

/** The words of the search over everything and of the list of keys. They come with what imports this. */
export function usePaletteWords() {
  return useTranslation("palette").t;
}
