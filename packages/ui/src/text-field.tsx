import { clsx } from "clsx";
import { type ComponentProps, type ReactNode, useId } from "react";

export type TextFieldProps = Omit<ComponentProps<"input">, "className" | "size" | "id"> & {
  label: string;
  /** The rule, shown before it is broken. */
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
export function TextField({
  label,
  hint,
  error,
  success,
  trailing,
  onValueChange,
  onChange,
  ...input
}: TextFieldProps) {
  const id = useId();
  const note = error || success || hint;
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium text-ink-muted">
        {label}
      </label>
      <div
        className={clsx(
          "flex h-13 items-center rounded-md bg-raised pr-1 ring-1 ring-inset transition-shadow duration-150",
          "focus-within:ring-2 has-[:disabled]:bg-sunken",
          error ? "ring-danger focus-within:ring-danger" : "ring-line-strong focus-within:ring-focus",
        )}
      >
        <input
          {...input}
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
          onChange={(event) => {
            onChange?.(event);
            onValueChange?.(event.currentTarget.value);
          }}
          className="h-full min-w-0 flex-1 rounded-md bg-transparent px-4 text-base outline-none"
        />
        {trailing}
      </div>
      <div className="min-h-5 text-sm">
        {note && (
          <p
            key={error ? "error" : success ? "success" : "hint"}
            id={`${id}-note`}
            aria-live={error ? "polite" : undefined}
            className={error ? "animate-fade text-danger" : success ? "animate-fade text-jade" : "text-ink-faint"}
          >
            {error || success || hint}
          </p>
        )}
      </div>
    </div>
  );
}
