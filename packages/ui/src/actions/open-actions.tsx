import { Menu as BaseMenu } from "@base-ui/react/menu";
import { useState } from "react";
import { MenuPopup } from "../menu/menu-popup.tsx";
import { rovingItem, useRovingFocus } from "../roving-focus.ts";
import { Sheet, SheetItem } from "../sheet.tsx";
import type { ActionsProps, ActionsRequest } from "./actions-request.ts";

/** Actions that have been asked for once. */
export function OpenActions({ request, label, onClose }: ActionsProps) {
  // The choices stay while they go away.
  const [shown, setShown] = useState<ActionsRequest | null>(request);
  if (request && request !== shown) setShown(request);
  if (!shown) return null;
  const isOpen = request !== null;
  return shown.place.by === "hold" ? (
    <Sheet isOpen={isOpen} onOpenChange={(open) => !open && onClose()} title={label} isTitleHidden>
      <SheetItems items={shown.items} onClose={onClose} />
    </Sheet>
  ) : (
    <BaseMenu.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <BaseMenu.Portal>
        <BaseMenu.Positioner
          anchor={anchorOf(shown)}
          align="start"
          side="bottom"
          sideOffset={4}
          collisionPadding={8}
          className="z-50 outline-none"
        >
          <MenuPopup
            label={label}
            items={shown.items}
            isFirstFocused={isOpen && shown.place.by === "key"}
            finalFocus={() => focusAfter(shown.place.item)}
          />
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

function SheetItems({ items, onClose }: { items: ActionsRequest["items"]; onClose: () => void }) {
  const choices = items.filter((item) => item !== "separator");
  const labelOf = (key: string) => choices.find((item) => item.key === key)?.label ?? "";
  const { active, list } = useRovingFocus({ keys: choices.map(({ key }) => key), labelOf, onLeave: onClose });
  return (
    <div {...list} className="flex flex-col gap-1">
      {choices.map((item) => (
        <SheetItem
          key={item.key}
          item={rovingItem(item.key, item.key === active)}
          icon={item.icon}
          isDangerous={item.isDangerous ?? false}
          onSelect={() => {
            onClose();
            item.onSelect();
          }}
        >
          {item.label}
        </SheetItem>
      ))}
    </div>
  );
}

/** The item itself, or the point where the pointer asked. */
function anchorOf({ place: { item, by } }: ActionsRequest) {
  if (by === "key" || by === "hold") return item.querySelector("[data-holdable]") ?? item;
  return { getBoundingClientRect: () => DOMRect.fromRect({ x: by.x, y: by.y, width: 0, height: 0 }) };
}

/** Back to the item, unless what was chosen has put the focus somewhere else: into a field, into a question. */
function focusAfter(item: HTMLElement): HTMLElement | boolean {
  const { activeElement } = document;
  const isTaken =
    activeElement?.matches("input, textarea") || activeElement?.closest('[role="alertdialog"], [role="dialog"]');
  return isTaken ? false : item;
}
