import { Menu as BaseMenu } from "@base-ui/react/menu";
import { clsx } from "clsx";
import type { MenuProps } from "./menu-item.ts";

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
          <BaseMenu.Popup className="min-w-48 origin-(--transform-origin) rounded-lg bg-raised p-1.5 shadow-high ring-1 ring-line outline-none transition-[transform,opacity] duration-150 ease-settle data-[ending-style]:scale-95 data-[starting-style]:scale-95 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0">
            {(typeof items === "function" ? items() : items).map((item, index) =>
              item === "separator" ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: separators have no identity of their own
                <BaseMenu.Separator key={`separator-${index}`} className="mx-2 my-1.5 h-px bg-line" />
              ) : (
                <BaseMenu.Item
                  key={item.key}
                  onClick={item.onSelect}
                  className={clsx(
                    "flex min-h-11 cursor-pointer select-none items-center gap-3 rounded-sm px-3 text-md outline-none data-[highlighted]:bg-hover md:min-h-10",
                    item.isDangerous ? "text-danger" : "text-ink",
                  )}
                >
                  {item.icon}
                  {item.label}
                </BaseMenu.Item>
              ),
            )}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}
