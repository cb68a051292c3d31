import type { Member } from "@maru/protocol";
import { useTyping } from "@maru/react";
import { isolate } from "../../../shell/i18n/words.ts";
import { useWords } from "../i18n/words.ts";
import { nameOfMember } from "../room-names.ts";

/** Names told; more are counted. */
const named = 2;

/** Who is writing just now. Its place is always there, so that nothing moves when somebody begins. */
export function TypingLine({ roomId, members }: { roomId: string; members: readonly Member[] }) {
  const { t, locale } = useWords();
  const writers = useTyping(roomId);
  const names = writers
    .slice(0, named)
    .map((id) =>
      isolate(
        nameOfMember(
          members.find((member) => member.id === id),
          locale,
          t("common.unknown"),
        ),
      ),
    )
    .join(", ");
  return (
    <p aria-live="polite" className="mx-auto h-5 w-full max-w-200 shrink-0 truncate px-7 text-xs text-ink-muted">
      {writers.length > 0 && (
        <span className="animate-fade">
          {writers.length > named
            ? t("room.typingMany", { names, count: writers.length - named })
            : t("room.typing", { names })}
        </span>
      )}
    </p>
  );
}
