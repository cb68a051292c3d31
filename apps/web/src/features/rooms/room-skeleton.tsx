import { Skeleton } from "@maru/ui";
import { useWords } from "./i18n/words.ts";

const widths = ["w-48", "w-64", "w-36", "w-56", "w-40"];

/** What was said, on its way. Shows itself only where that takes long enough to be noticed. */
export function TalkSkeleton() {
  const { t } = useWords();
  return (
    <div
      role="status"
      aria-label={t("common.loading")}
      className="mx-auto flex min-h-0 w-full max-w-200 flex-1 animate-fade flex-col justify-end gap-3 overflow-hidden px-5 pb-4 [animation-delay:150ms]"
    >
      {widths.map((width, at) => (
        <Skeleton key={width} shape="block" className={`h-10 shrink-0 ${width} ${at % 2 ? "self-end" : ""}`} />
      ))}
    </div>
  );
}

/** A conversation of which nothing is known yet. */
export function RoomSkeleton() {
  return (
    <div className="flex min-h-0 flex-1 animate-fade flex-col [animation-delay:150ms]">
      <div className="flex h-16 shrink-0 items-center gap-3 border-b border-line bg-surface px-5">
        <Skeleton shape="circle" className="size-9" />
        <Skeleton className="w-28" />
      </div>
      <TalkSkeleton />
    </div>
  );
}
