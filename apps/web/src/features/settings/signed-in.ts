import type { SignedInParts } from "../../shell/feature.ts";
import { createLazyModule } from "../../shell/lazy-module.ts";
import { place } from "./i18n/place.ts";
import { words } from "./i18n/words.ts";
import { MeIcon } from "./me-icon.tsx";

export const parts: SignedInParts = {
  navigation: [{ to: "/settings", label: place.text("me"), Icon: MeIcon, rank: 90, isAtFoot: true }],
  palette: createLazyModule(() =>
    words.alongside(import("./palette-entries.tsx")).then(({ usePaletteEntries }) => usePaletteEntries),
  ),
};
