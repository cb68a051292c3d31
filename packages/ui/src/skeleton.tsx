import { clsx } from "clsx";

/** The shape of something that is on its way, so that nothing jumps when it comes. */
export function Skeleton({ shape = "line", className }: { shape?: "line" | "circle" | "block"; className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={clsx(
        "forced-edge block animate-shimmer bg-line",
        shape === "circle" ? "rounded-full" : shape === "line" ? "h-3 rounded-full" : "rounded-lg",
        className,
      )}
    />
  );
}
