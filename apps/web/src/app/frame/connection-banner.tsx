import { useConnection } from "@maru/react";
import { Banner } from "@maru/ui";
import { RefreshCw, WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import type { BannerSource } from "../../shell/frame/banners.ts";
import { useWords } from "../../shell/i18n/index.ts";

/** How long a break may last before it is spoken of: most are over before anybody would notice. */
const patienceMs = 1_500;
/** The same where the device itself says that there is no network. */
const offlinePatienceMs = 300;

/** Whether the connection is gone for longer than a hiccup. */
function useIsGone(): boolean {
  const { state } = useConnection();
  const isBroken = state !== "online" && state !== "idle";
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    if (!isBroken) return setIsLong(false);
    const timer = setTimeout(() => setIsLong(true), state === "offline" ? offlinePatienceMs : patienceMs);
    return () => clearTimeout(timer);
  }, [isBroken, state]);
  return state === "stopped" || (isBroken && isLong);
}

/** Shows that the connection is gone, and what becomes of what is written meanwhile. */
function ConnectionBanner() {
  const { t } = useWords();
  const { state } = useConnection();
  if (state === "stopped") {
    return (
      <Banner
        tone="danger"
        isUrgent
        action={
          <button
            type="button"
            className="rounded-sm font-bold underline underline-offset-4 touch-target"
            onClick={() => window.location.reload()}
          >
            {t("connection.reload")}
          </button>
        }
      >
        {t("connection.stopped")}
      </Banner>
    );
  }
  return state === "offline" ? (
    <Banner tone="warn" icon={<WifiOff size={16} aria-hidden />}>
      {t("connection.offline")}
    </Banner>
  ) : (
    <Banner icon={<RefreshCw size={15} aria-hidden className="animate-turn" />}>{t("connection.reconnecting")}</Banner>
  );
}

export const connectionBanner: BannerSource = {
  key: "connection",
  rank: "offline",
  useIsShown: useIsGone,
  Banner: ConnectionBanner,
};
