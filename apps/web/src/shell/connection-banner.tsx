import { useConnection } from "@maru/react";
import { Banner } from "@maru/ui";
import { RefreshCw, WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import { useWords } from "./i18n/index.ts";

/** How long a break may last before it is spoken of: most are over before anybody would notice. */
const patienceMs = 1_500;
/** The same where the device itself says that there is no network. */
const offlinePatienceMs = 300;

/** Says that the connection is gone, once that is more than a hiccup, and nothing otherwise. */
export function ConnectionBanner() {
  const { t } = useWords();
  const { state } = useConnection();
  const isBroken = state !== "online" && state !== "idle";
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    if (!isBroken) return setIsLong(false);
    const timer = setTimeout(() => setIsLong(true), state === "offline" ? offlinePatienceMs : patienceMs);
    return () => clearTimeout(timer);
  }, [isBroken, state]);
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
  if (!isBroken || !isLong) return null;
  return state === "offline" ? (
    <Banner tone="warn" icon={<WifiOff size={16} aria-hidden />}>
      {t("connection.offline")}
    </Banner>
  ) : (
    <Banner icon={<RefreshCw size={15} aria-hidden className="animate-turn" />}>{t("connection.reconnecting")}</Banner>
  );
}
