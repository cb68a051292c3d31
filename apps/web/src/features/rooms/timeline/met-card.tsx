import { Avatar } from "@maru/ui";
import { useWords } from "../i18n/words.ts";

/** Stands where a match begins: who sits across, and a nudge to say hello. */
export function MetCard({ name, partnerSeed, selfSeed }: { name: string; partnerSeed: string; selfSeed: string }) {
  const { t } = useWords();
  return (
    <div className="flex flex-col items-center gap-4 px-6 pt-14 pb-6 text-center">
      <span className="flex items-center">
        <span className="animate-meet-left">
          <Avatar seed={selfSeed} size={64} />
        </span>
        <span className="-ml-2 animate-meet-right">
          <Avatar seed={partnerSeed} size={64} />
        </span>
      </span>
      <div className="flex flex-col gap-1">
        <h2 className="text-lg font-bold tracking-tight">{t("room.met.title", { name })}</h2>
        <p className="text-md text-ink-muted">{t("room.met.text")}</p>
      </div>
    </div>
  );
}
