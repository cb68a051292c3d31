import { IconButton, Menu } from "@maru/ui";
import { Plus } from "lucide-react";
import { type ComposerAction, type ComposerContext, useComposerActions } from "../../../shell/frame/slots.tsx";
import { useWords } from "../i18n/words.ts";

/** What features let one put into a message: behind ＋, or as buttons beside the text. Nothing where there is nothing. */
export function ComposerActions({ place, ...context }: ComposerContext & { place: ComposerAction["place"] }) {
  const { t } = useWords();
  const actions = useComposerActions(context).filter((action) => action.place === place);
  if (actions.length === 0) return null;
  if (place === "beside") {
    return actions.map(({ key, label, icon, onSelect }) => (
      <IconButton key={key} label={label} icon={icon} onClick={onSelect} />
    ));
  }
  return (
    <span className="-ml-3.5 flex">
      <Menu
        align="start"
        side="top"
        trigger={<IconButton label={t("room.compose.add")} icon={<Plus size={22} aria-hidden />} />}
        items={actions}
      />
    </span>
  );
}
