import { House, MessageCircle, Settings } from "lucide-react";
import type { ComponentType } from "react";

export type NavItem = {
  readonly to: "/" | "/rooms" | "/settings";
  readonly label: "nav.home" | "nav.rooms" | "nav.settings";
  readonly icon: ComponentType<{ size?: number; strokeWidth?: number; "aria-hidden"?: boolean }>;
};

/** The places of the house, in the order of the rail and of the tab bar. */
export const navItems: readonly NavItem[] = [
  { to: "/", label: "nav.home", icon: House },
  { to: "/rooms", label: "nav.rooms", icon: MessageCircle },
  { to: "/settings", label: "nav.settings", icon: Settings },
];
