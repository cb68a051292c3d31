import { useClient, useObservable } from "@maru/react";
import { Banner } from "@maru/ui";
import type { BannerSource } from "../../shell/frame/banners.ts";
import { useWords } from "../../shell/i18n/index.ts";
import { texts } from "../../shell/storage.ts";

function useIsRefused(): boolean {
  const states = [useObservable(useClient().storage), useObservable(texts.state)];
  return states.includes("refused");
}

/** Shows that what is written here and not sent yet is gone with this window, while the browser refuses to keep it. */
function StorageBanner() {
  const { t } = useWords();
  return <Banner tone="warn">{t("storage.refused")}</Banner>;
}

export const storageBanner: BannerSource = {
  key: "storage",
  rank: "notice",
  useIsShown: useIsRefused,
  Banner: StorageBanner,
};
