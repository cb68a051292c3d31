import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";
import { Spinner } from "./spinner.tsx";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "sm" | "md" | "lg";

const variants: Record<ButtonVariant, string> = {
  primary: "bg-jade text-on-jade hover:bg-jade-strong",
  secondary: "bg-surface text-ink ring-1 ring-inset ring-line hover:bg-hover",
  quiet: "text-ink-muted hover:bg-hover hover:text-ink",
  danger: "bg-danger text-on-danger hover:bg-danger-strong",
};

const sizes: Record<ButtonSize, string> = {
  sm: "h-9 rounded-sm px-3 text-sm touch-target",
  md: "h-11 rounded-md px-4 text-md",
  lg: "h-14 rounded-lg px-6 text-base",
};

/** The classes of a button, for a link that looks like one. */
export function buttonClass(options: { variant?: ButtonVariant; size?: ButtonSize; isWide?: boolean } = {}): string {
  return clsx(
    "forced-edge inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap font-semibold no-underline",
    "transition-[background-color,color,transform,opacity] duration-150 ease-settle active:scale-[0.98]",
    variants[options.variant ?? "primary"],
    sizes[options.size ?? "md"],
    options.isWide && "w-full",
  );
}

export type ButtonProps = Omit<ComponentProps<"button">, "className" | "children"> & {
  variant?: ButtonVariant;
  size?: ButtonSize;
  isWide?: boolean;
  /** Shows that the press was taken; further presses do nothing, focus stays. */
  isBusy?: boolean;
  icon?: ReactNode;
  children: ReactNode;
};

/** A press that does something now. */
export function Button({
  variant,
  size,
  isWide,
  isBusy = false,
  icon,
  disabled = false,
  type = "button",
  onClick,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled && !isBusy}
      // A disabled button would lose the focus; while it is busy it only refuses.
      aria-disabled={isBusy || undefined}
      aria-busy={isBusy || undefined}
      onClick={(event) => {
        if (isBusy) event.preventDefault();
        else onClick?.(event);
      }}
      className={clsx(
        buttonClass({
          ...(variant && { variant }),
          ...(size && { size }),
          ...(isWide && { isWide }),
        }),
        disabled && !isBusy && "opacity-50",
        (disabled || isBusy) && "pointer-events-none",
      )}
    >
      {isBusy ? <Spinner size={18} /> : icon}
      <span>{children}</span>
    </button>
  );
}
