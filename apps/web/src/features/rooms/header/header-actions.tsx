import { Button, IconButton, Tooltip } from "@maru/ui";
import { useLayout } from "../../../shell/frame/layout.ts";
import type { RoomAction } from "../../../shell/frame/slots.tsx";

/** The likeliest things to do with a room: in words where there is space, a picture on a phone. */
export function HeaderActions({ actions }: { actions: readonly RoomAction[] }) {
  const { hasRail } = useLayout();
  return actions.map(({ key, label, icon, hasWords, onSelect }) =>
    hasRail && hasWords ? (
      <Button key={key} variant="secondary" size="sm" icon={icon} onClick={onSelect}>
        {label}
      </Button>
    ) : (
      <Tooltip key={key} text={label} side="bottom">
        <IconButton label={label} icon={icon} onClick={onSelect} />
      </Tooltip>
    ),
  );
}
