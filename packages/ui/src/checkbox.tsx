import { Checkbox as BaseCheckbox } from "@base-ui/react/checkbox";
import { clsx } from "clsx";
import { Check, Minus } from "lucide-react";
import type { ReactNode } from "react";

export type CheckboxProps = {
  label: ReactNode;
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  /** Some, not all, of what this stands for is checked. */
  indeterminate?: boolean;
  /** Draws the row as a card: for the one that stands for several others. */
  isProminent?: boolean;
  /** Something beside the label that is not part of it: a link. */
  trailing?: ReactNode;
  name?: string;
};

/** A yes that somebody gives; the whole row takes the press. */
export function Checkbox({
  label,
  checked,
  onCheckedChange,
  indeterminate = false,
  isProminent,
  trailing,
  name,
}: CheckboxProps) {
  return (
    <div
      className={clsx(
        "flex min-h-11 items-center gap-2",
        isProminent && "rounded-md bg-sunken px-4 py-2 transition-colors hover:bg-hover",
      )}
    >
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the primitive renders its input inside this label */}
      <label className="flex min-h-11 flex-1 cursor-pointer items-center gap-3">
        <BaseCheckbox.Root
          checked={checked}
          indeterminate={indeterminate}
          onCheckedChange={(value) => onCheckedChange(value)}
          {...(name && { name })}
          className={clsx(
            "flex size-6 shrink-0 items-center justify-center rounded-sm transition-colors duration-150",
            "bg-raised ring-1 ring-inset ring-line-strong",
            "data-[checked]:bg-jade data-[checked]:text-on-jade data-[checked]:ring-jade",
            "data-[indeterminate]:bg-jade data-[indeterminate]:text-on-jade data-[indeterminate]:ring-jade",
          )}
        >
          <BaseCheckbox.Indicator className="flex data-[starting-style]:scale-50 transition-transform duration-150 ease-settle">
            {indeterminate ? (
              <Minus size={16} strokeWidth={3} aria-hidden />
            ) : (
              <Check size={16} strokeWidth={3} aria-hidden />
            )}
          </BaseCheckbox.Indicator>
        </BaseCheckbox.Root>
        <span className={clsx("text-md", isProminent && "font-semibold")}>{label}</span>
      </label>
      {trailing}
    </div>
  );
}
