import { Keyboard } from "lucide-react";
import { openPalette } from "../../shell/palette.ts";
import type { PaletteEntry } from "../../shell/palette-entry.ts";
import { useWords } from "./i18n/index.ts";

/** The list of keys, for who does not know its key. */
export function usePaletteEntries(): readonly PaletteEntry[] {
  const { t } = useWords();
  return [
    {
      key: "keys",
      group: "actions",
      label: t("keys.action"),
      hints: t("keys.hints"),
      icon: <Keyboard size={20} aria-hidden />,
      isOffered: true,
      run: () => openPalette("keys"),
    },
  ];
}
