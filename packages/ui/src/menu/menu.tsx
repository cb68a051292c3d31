import { type ComponentType, cloneElement, type KeyboardEvent, useState } from "react";
import type { MenuProps } from "./menu-item.ts";

export const loadMenu = () => import("./open-menu.tsx");

/**
 * A short list of things to do with what it hangs on. Until it is pressed it is the button alone: lists have hundreds
 * of them.
 */
export function Menu(props: MenuProps) {
  const [OpenMenu, setOpenMenu] = useState<ComponentType<MenuProps> | null>(null);
  if (OpenMenu) return <OpenMenu {...props} />;
  const open = () => void loadMenu().then((module) => setOpenMenu(() => module.OpenMenu));
  return cloneElement(props.trigger, {
    "aria-haspopup": "menu",
    "aria-expanded": false,
    onClick: open,
    onPointerEnter: () => void loadMenu(),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      open();
    },
  });
}
