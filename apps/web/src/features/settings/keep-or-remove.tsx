import { clsx } from "clsx";
import { useId } from "react";
import { useWords } from "./i18n/index.ts";

export type KeepOrRemoveProps = {
  value: "keep" | "remove";
  onValueChange: (value: "keep" | "remove") => void;
};

/** What becomes of one's messages. Keeping is the start: it is the one that can be lived with if chosen by mistake. */
export function KeepOrRemove({ value, onValueChange }: KeepOrRemoveProps) {
  const { t } = useWords();
  const id = useId();
  const choices = [
    { value: "keep", label: t("leave.keep"), text: t("leave.keepText") },
    { value: "remove", label: t("leave.remove"), text: t("leave.removeText") },
  ] as const;
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="px-1 pb-2 text-sm font-semibold text-ink-muted">{t("leave.messages")}</legend>
      {choices.map((choice) => (
        <label
          key={choice.value}
          className={clsx(
            "flex cursor-pointer items-center gap-4 rounded-xl bg-surface px-4 py-3.5 ring-inset transition-shadow",
            "has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-focus",
            value === choice.value ? "ring-2 ring-jade" : "ring-1 ring-line",
          )}
        >
          <input
            type="radio"
            name={id}
            checked={value === choice.value}
            onChange={() => onValueChange(choice.value)}
            className="size-5 shrink-0 accent-jade"
          />
          <span>
            <span className="block text-md font-semibold">{choice.label}</span>
            <span className="block text-sm text-ink-muted">{choice.text}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
