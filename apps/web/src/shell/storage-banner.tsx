import { useClient, useObservable } from "@maru/react";
import { Banner } from "@maru/ui";
import { useWords } from "./i18n/index.ts";
import { texts } from "./storage.ts";

/** Says that what is written here and not sent yet is gone with this window, while the browser refuses to keep it. */
export function StorageBanner() {
  const { t } = useWords();
  const states = [useObservable(useClient().storage), useObservable(texts.state)];
  return states.includes("refused") ? <Banner tone="warn">{t("storage.refused")}</Banner> : null;
}
