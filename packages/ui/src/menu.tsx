import {
  type ComponentType,
  cloneElement,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  useState,
} from "react";

export type MenuItem =
  | "separator"
  | {
      key: string;
      label: string;
      icon?: ReactNode;
      isDangerous?: boolean;
      onSelect: () => void;
    };

export type MenuProps = {
  /** What opens it: a button with a name. */
  trigger: ReactElement<Record<string, unknown>>;
  /** The choices, or how to make them when they are wanted. */
  items: readonly MenuItem[] | (() => readonly MenuItem[]);
  align?: "start" | "center" | "end";
  side?: "top" | "bottom" | "right" | "left";
};

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
