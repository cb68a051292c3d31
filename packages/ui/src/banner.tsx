import { clsx } from "clsx";
import type { ReactNode } from "react";

export type BannerTone = "plain" | "warn" | "danger";

const tones: Record<BannerTone, string> = {
  plain: "bg-sunken text-ink-muted",
  warn: "bg-wood-soft text-wood-ink",
  danger: "bg-danger-soft text-danger",
};

export type BannerProps = {
  tone?: BannerTone;
  icon?: ReactNode;
  children: ReactNode;
  action?: ReactNode;
  isUrgent?: boolean;
};

/** A line of truth that stays while it is true. */
export function Banner({ tone = "plain", icon, children, action, isUrgent = false }: BannerProps) {
  return (
    <div
      role={isUrgent ? "alert" : "status"}
      className={clsx(
        "forced-edge flex min-h-10 animate-fade items-center justify-center gap-2 px-4 py-2 text-sm font-medium",
        tones[tone],
      )}
    >
      {icon}
      <span>{children}</span>
      {action}
    </div>
  );
}
