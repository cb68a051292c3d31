import { clsx } from "clsx";
import { formatBadge } from "./format-badge.ts";

/** A count that asks for attention; nothing at zero. `label` says the count in words. */
export function Badge({ count, label, isQuiet = false }: { count: number; label: string; isQuiet?: boolean }) {
  if (count <= 0) return null;
  return (
    <span
      className={clsx(
        "forced-edge inline-flex h-5 min-w-5 shrink-0 items-center justify-center whitespace-nowrap rounded-full px-1.5 text-2xs font-bold tabular-nums",
        isQuiet ? "bg-line text-ink" : "bg-jade text-on-jade",
      )}
    >
      <span aria-hidden="true">{formatBadge(count)}</span>
      <span className="sr-only">{label}</span>
    </span>
  );
}
