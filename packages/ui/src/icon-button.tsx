import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";

export type IconButtonProps = Omit<ComponentProps<"button">, "className" | "children" | "aria-label"> & {
  /** What the press does; the icon alone says nothing to a screen reader. */
  label: string;
  icon: ReactNode;
  tone?: "quiet" | "primary";
  size?: "sm" | "md";
};

/** A press named by a picture, 44 px for a finger. */
export function IconButton({
  label,
  icon,
  tone = "quiet",
  size = "md",
  type = "button",
  disabled,
  ...rest
}: IconButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      disabled={disabled}
      className={clsx(
        "inline-flex shrink-0 items-center justify-center rounded-full transition-[background-color,color,transform,opacity] duration-150 ease-settle touch-target active:scale-95",
        size === "md" ? "size-10" : "size-8",
        tone === "primary"
          ? "bg-jade text-on-jade hover:bg-jade-strong"
          : "text-ink-muted hover:bg-hover hover:text-ink data-[popup-open]:bg-hover data-[popup-open]:text-ink",
        disabled && "pointer-events-none opacity-40",
      )}
    >
      {icon}
    </button>
  );
}
