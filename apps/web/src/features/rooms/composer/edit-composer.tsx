import { useClient } from "@maru/react";
import { IconButton, showToast } from "@maru/ui";
import { Pencil, X } from "lucide-react";
import { errorMessageOf } from "../../../shell/error-messages.ts";
import { useOccupation } from "../../../shell/occupation.ts";
import { useWords } from "../i18n/words.ts";
import { Composer } from "./composer.tsx";
import type { Editing } from "./editing.ts";

export type EditComposerProps = {
  roomId: string;
  message: Editing;
  /** Called when it is over; with the message again when it could not be saved, so that nothing written is lost. */
  onDone: (again: Editing | null) => void;
};

/** Takes the composer's place while a message of one's own is being changed. Escape leaves it as it was. */
export function EditComposer({ roomId, message, onDone }: EditComposerProps) {
  const { t, locale } = useWords();
  const { rooms } = useClient();
  useOccupation(true);
  const save = (text: string) => {
    onDone(null);
    if (text === message.text) return;
    rooms.edit(roomId, message.seq, text).catch((thrown: unknown) => {
      showToast(errorMessageOf(thrown, locale), "bad");
      onDone({ seq: message.seq, text });
    });
  };
  return (
    <Composer
      start={message.text}
      isFocused
      label={t("room.editing.label")}
      onSend={save}
      onEscape={() => onDone(null)}
      note={
        <div className="mx-auto flex max-w-200 animate-rise items-center gap-2 pb-1 pl-5 text-sm text-ink-muted">
          <Pencil size={15} aria-hidden className="shrink-0 text-jade" />
          <p className="min-w-0 flex-1 truncate">
            <span className="pr-2 font-semibold text-jade">{t("room.editing.title")}</span>
            {message.text.replace(/\s+/g, " ")}
          </p>
          <IconButton
            size="sm"
            label={t("room.editing.cancel")}
            icon={<X size={18} aria-hidden />}
            onClick={() => onDone(null)}
          />
        </div>
      }
    />
  );
}
