import { Menu as BaseMenu } from "@base-ui/react/menu";
import { clsx } from "clsx";
import { type ComponentProps, type RefObject, useEffect, useRef } from "react";
import type { MenuItem } from "./menu-item.ts";

export type MenuPopupProps = {
  items: readonly MenuItem[];
  label?: string | undefined;
  /** Begins at its first item: whoever opened it by key goes on by key. */
  isFirstFocused?: boolean;
  finalFocus?: ComponentProps<typeof BaseMenu.Popup>["finalFocus"];
};

/** The box of a menu with its items. */
export function MenuPopup({ items, label, isFirstFocused = false, finalFocus }: MenuPopupProps) {
  const popup = useRef<HTMLDivElement>(null);
  useFirstFocus(popup, isFirstFocused);
  return (
    <BaseMenu.Popup
      ref={popup}
      aria-label={label}
      onContextMenu={(event) => event.preventDefault()}
      {...(finalFocus !== undefined && { finalFocus })}
      className="min-w-48 max-w-[min(24rem,calc(100vw-1rem))] origin-(--transform-origin) rounded-lg bg-raised p-1.5 shadow-high ring-1 ring-line outline-none transition-[transform,opacity] duration-150 ease-settle data-[ending-style]:scale-95 data-[starting-style]:scale-95 data-[ending-style]:opacity-0 data-[starting-style]:opacity-0"
    >
      {items.map((item, index) =>
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
            <span className="min-w-0 truncate">{item.label}</span>
          </BaseMenu.Item>
        ),
      )}
    </BaseMenu.Popup>
  );
}

function useFirstFocus(popup: RefObject<HTMLElement | null>, isWanted: boolean): void {
  useEffect(() => {
    if (isWanted) popup.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
  }, [popup, isWanted]);
}
