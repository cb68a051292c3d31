import { clsx } from "clsx";
import { useWords } from "./i18n/index.ts";

/** How far one has come on a way of few steps. */
export function Progress({ step, count }: { step: number; count: number }) {
  const { t } = useWords();
  return (
    <div
      role="progressbar"
      aria-label={t("auth.signUp.progress", { step, count })}
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={step}
      className="mx-auto flex w-full max-w-110 gap-1.5 px-6"
    >
      {Array.from({ length: count }, (_, at) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: steps never move
          key={at}
          className={clsx(
            "h-1 flex-1 rounded-full transition-colors duration-500",
            at < step ? "forced-mark bg-jade" : "forced-edge bg-line",
          )}
        />
      ))}
    </div>
  );
}
