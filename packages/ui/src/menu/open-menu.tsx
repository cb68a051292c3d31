import { Menu as BaseMenu } from "@base-ui/react/menu";
import type { MenuProps } from "./menu-item.ts";
import { MenuPopup } from "./menu-popup.tsx";

/** A menu that has been pressed: it begins open, and opens and closes by itself from then on. */
export function OpenMenu({ trigger, items, align = "end", side = "bottom" }: MenuProps) {
  return (
    <BaseMenu.Root defaultOpen>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 outline-none"
        >
          <MenuPopup items={typeof items === "function" ? items() : items} />
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}
