import type { ReactElement, ReactNode } from "react";

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
