import type { MembershipId } from "@maru/protocol";
import { usePresence } from "@maru/react";
import type { ReactNode } from "react";
import { useWords } from "../i18n/words.ts";

/** A picture of somebody with a mark at its corner while they are there: full when online, hollow when away. */
export function PresenceDot({ memberId, children }: { memberId: MembershipId | undefined; children: ReactNode }) {
  const { t } = useWords();
  const presence = usePresence(memberId);
  return (
    <span className="relative flex shrink-0">
      {children}
      {presence !== null && presence !== "offline" && (
        <span
          role="img"
          aria-label={presence === "online" ? t("presence.online") : t("presence.away")}
          className={`absolute -right-0.5 -bottom-0.5 size-3 rounded-full ring-2 ring-surface ${
            presence === "online" ? "forced-mark bg-jade" : "border-2 border-jade bg-surface"
          }`}
        />
      )}
    </span>
  );
}
