import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

export type LinkRowProps = {
  to: "/settings/security" | "/settings/devices" | "/settings/data" | "/settings/leave";
  icon?: ReactNode;
  children: ReactNode;
};

/** One line of a section that leads to a page of its own. */
export function LinkRow({ to, icon, children }: LinkRowProps) {
  return (
    <Link
      to={to}
      className="flex min-h-14 items-center gap-3 px-4 text-md no-underline -outline-offset-2 transition-colors hover:bg-hover"
    >
      {icon}
      <span className="min-w-0 flex-1">{children}</span>
      <ChevronRight size={20} aria-hidden className="shrink-0 text-ink-faint" />
    </Link>
  );
}
