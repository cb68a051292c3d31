import { useClient } from "@maru/react";
import { type MenuItem, showToast } from "@maru/ui";
import { Copy, ExternalLink, Pencil, RotateCw, Trash2 } from "lucide-react";
import { useCallback } from "react";
import { errorMessageOf } from "../../../shell/error-messages.ts";
import type { Question } from "../../../shell/question.ts";
import type { Editing } from "../composer/editing.ts";
import { useWords } from "../i18n/words.ts";
import { splitLinks } from "../links/links.ts";
import type { TextItem } from "./timeline-item.ts";
import { useCopy } from "./use-copy.ts";

/** What of a room decides what can be done with its messages. */
export type MessageContext = {
  readonly roomId: string;
  readonly canPost: boolean;
  readonly ask: (question: Question) => void;
  readonly edit: (message: Editing) => void;
};

/** More addresses than these are followed by pointer. */
const mostLinks = 3;

function linksOf(text: string): string[] {
  const links = splitLinks(text).flatMap((part) => (part.kind === "link" ? [part.href] : []));
  return [...new Set(links)].slice(0, mostLinks);
}

/** What can be done with a message that is in the room: copied, and by its author changed or deleted for everybody. */
export function useMessageItems({ roomId, canPost, ask, edit }: MessageContext): (line: TextItem) => MenuItem[] {
  const { t, locale } = useWords();
  const { rooms } = useClient();
  const copy = useCopy();
  return useCallback(
    (line) => {
      const { text, seq, clientMessageId } = line;
      if (line.delivery === "failed" && clientMessageId !== null) {
        return [
          {
            key: "retry",
            label: t("room.retry"),
            icon: <RotateCw size={18} aria-hidden />,
            onSelect: () => rooms.retry(roomId, clientMessageId),
          },
          {
            key: "remove",
            label: t("room.remove"),
            icon: <Trash2 size={18} aria-hidden />,
            isDangerous: true,
            onSelect: () => rooms.discard(roomId, clientMessageId),
          },
        ];
      }
      if (text === null || seq === null) return [];
      const items: MenuItem[] = [
        { key: "copy", label: t("room.copy"), icon: <Copy size={18} aria-hidden />, onSelect: () => copy(text) },
        ...linksOf(text).map((href, at) => ({
          key: `link-${at}`,
          label: t("room.openLink", { address: href.replace(/^https?:\/\//, "") }),
          icon: <ExternalLink size={18} aria-hidden />,
          onSelect: () => void window.open(href, "_blank", "noopener,noreferrer"),
        })),
      ];
      if (!line.isMine || !canPost) return items;
      const remove = async () => {
        try {
          await rooms.delete(roomId, seq);
        } catch (thrown) {
          showToast(errorMessageOf(thrown, locale), "bad");
        }
      };
      items.push(
        {
          key: "edit",
          label: t("room.edit"),
          icon: <Pencil size={18} aria-hidden />,
          onSelect: () => edit({ seq, text }),
        },
        {
          key: "delete",
          label: t("room.delete"),
          icon: <Trash2 size={18} aria-hidden />,
          isDangerous: true,
          onSelect: () =>
            ask({
              title: t("room.deleteAsk.title"),
              text: t("room.deleteAsk.text"),
              yes: t("room.deleteAsk.yes"),
              isDangerous: true,
              act: remove,
            }),
        },
      );
      return items;
    },
    [t, locale, rooms, copy, roomId, canPost, ask, edit],
  );
}
