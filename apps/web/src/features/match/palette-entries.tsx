import { useMatch } from "@maru/react";
import { useRouter } from "@tanstack/react-router";
import { House, Sparkles, X } from "lucide-react";
import type { PaletteEntry } from "../../shell/palette-entry.ts";
import { useWords } from "./i18n/words.ts";
import { useRequestMatch } from "./use-request-match.ts";

/** The hall, and the way to somebody new or out of the wait for them. */
export function usePaletteEntries(): readonly PaletteEntry[] {
  const { t } = useWords();
  const match = useMatch();
  const router = useRouter();
  const { request, cancel } = useRequestMatch();
  const waits = match.state === "waiting";
  return [
    {
      key: "match",
      group: "actions",
      label: waits ? t("match.waiting.cancel") : t("match.start"),
      hints: waits ? t("match.hints.cancel") : t("match.hints.match"),
      icon: waits ? <X size={20} aria-hidden /> : <Sparkles size={20} aria-hidden />,
      isOffered: true,
      run: waits ? cancel : request,
    },
    {
      key: "home",
      group: "places",
      label: t("match.page"),
      hints: t("match.hints.home"),
      icon: <House size={20} aria-hidden />,
      run: () => void router.navigate({ to: "/" }),
    },
  ];
}
