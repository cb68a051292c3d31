import { Radio } from "@base-ui/react/radio";
import { RadioGroup } from "@base-ui/react/radio-group";
import type { ReactNode } from "react";

export type SegmentedControlProps<V extends string> = {
  label: string;
  value: V;
  onValueChange: (value: V) => void;
  options: readonly { value: V; label: string; icon?: ReactNode }[];
};

/** One of a few, all in sight. */
export function SegmentedControl<V extends string>({ label, value, onValueChange, options }: SegmentedControlProps<V>) {
  return (
    <RadioGroup
      aria-label={label}
      value={value}
      onValueChange={(next) => onValueChange(next as V)}
      className="inline-flex w-full flex-wrap forced-edge rounded-md bg-sunken p-1 sm:w-auto"
    >
      {options.map((option) => (
        <Radio.Root
          key={option.value}
          value={option.value}
          render={<button type="button" />}
          nativeButton
          className="flex h-10 flex-1 items-center justify-center gap-2 whitespace-nowrap rounded-sm px-3 text-sm sm:px-4 font-medium text-ink-muted transition-[background-color,color,box-shadow] duration-200 hover:text-ink data-[checked]:bg-raised data-[checked]:font-semibold data-[checked]:text-ink data-[checked]:shadow-low"
        >
          {option.icon && <span className="max-[22.5rem]:hidden">{option.icon}</span>}
          {option.label}
        </Radio.Root>
      ))}
    </RadioGroup>
  );
}
