import { Field } from "@base-ui/react/field";
import { clsx } from "clsx";
import type { ComponentProps, ReactNode } from "react";

export type TextFieldProps = Omit<ComponentProps<typeof Field.Control>, "className" | "size" | "onValueChange"> & {
  label: string;
  /** The rule, told before it is broken. */
  hint?: ReactNode;
  /** What is wrong, in words; takes the hint's place. */
  error?: string | undefined;
  /** What is right, in words; takes the hint's place. */
  success?: string | undefined;
  /** Something at the end of the field: a button, a spinner. */
  trailing?: ReactNode;
  onValueChange?: (value: string) => void;
};

/** One line of text with its label, its rule and what is wrong with it. */
export function TextField({ label, hint, error, success, trailing, onValueChange, ...control }: TextFieldProps) {
  return (
    <Field.Root invalid={Boolean(error)} className="flex flex-col gap-1.5">
      <Field.Label className="text-sm font-medium text-ink-muted">{label}</Field.Label>
      <div
        className={clsx(
          "flex h-13 items-center rounded-md bg-raised pr-1 ring-1 ring-inset transition-shadow duration-150",
          "focus-within:ring-2 has-[:disabled]:bg-sunken",
          error ? "ring-danger focus-within:ring-danger" : "ring-line-strong focus-within:ring-focus",
        )}
      >
        <Field.Control
          {...control}
          {...(onValueChange && {
            onValueChange: (value: unknown) => onValueChange(String(value)),
          })}
          className="h-full min-w-0 flex-1 rounded-md bg-transparent px-4 text-base outline-none"
        />
        {trailing}
      </div>
      <div className="min-h-5 text-sm">
        {error ? (
          <Field.Error match className="animate-fade text-danger">
            {error}
          </Field.Error>
        ) : (
          (success || hint) && (
            <Field.Description className={success ? "animate-fade text-jade" : "text-ink-faint"}>
              {success ?? hint}
            </Field.Description>
          )
        )}
      </div>
    </Field.Root>
  );
}
