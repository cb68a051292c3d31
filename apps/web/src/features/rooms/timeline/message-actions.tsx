import { Actions, type ActionsPlace } from "@maru/ui";
import { useMemo } from "react";
import { useMessageActions } from "../../../shell/frame/slots.tsx";
import { useWords } from "../i18n/words.ts";
import type { TextItem } from "./timeline-item.ts";
import { type MessageContext, useMessageItems } from "./use-message-items.tsx";

/** A message whose actions were asked for. */
export type AskedMessage = { readonly line: TextItem; readonly place: ActionsPlace };

export type MessageActionsProps = MessageContext & {
  /** Null while nothing is asked. */
  asked: AskedMessage | null;
  onClose: () => void;
};

/** What can be done with a message, by pointer, key or a finger that rests. */
export function MessageActions({ asked, onClose, roomId, canPost, ask, edit }: MessageActionsProps) {
  const { t } = useWords();
  const itemsOf = useMessageItems({ roomId, canPost, ask, edit });
  const offer = useMessageActions();
  const request = useMemo(() => {
    if (!asked) return null;
    const { text, seq, isMine } = asked.line;
    const added = text === null || seq === null ? [] : offer({ roomId, seq, text, isMine, canPost });
    const items = [...itemsOf(asked.line), ...added];
    return items.length > 0 ? { items, place: asked.place } : null;
  }, [asked, itemsOf, offer, roomId, canPost]);
  return <Actions request={request} label={t("room.actions")} onClose={onClose} />;
}
