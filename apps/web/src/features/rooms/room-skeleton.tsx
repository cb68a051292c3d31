import { Skeleton } from "@maru/ui";
import { useWords } from "../../shell/i18n/index.ts";

const widths = ["w-48", "w-64", "w-36", "w-56", "w-40"];

/** A conversation on its way. */
export function RoomSkeleton() {
  const { t } = useWords();
  return (
    <div
      role="status"
      aria-label={t("common.loading")}
      className="flex min-h-0 flex-1 animate-fade flex-col [animation-delay:120ms]"
    >
      <div className="flex h-16 shrink-0 items-center gap-3 border-b border-line bg-surface px-5">
        <Skeleton shape="circle" className="size-9" />
        <Skeleton className="w-28" />
      </div>
      <div className="mx-auto flex w-full max-w-200 flex-1 flex-col justify-end gap-3 px-5 pb-24">
        {widths.map((width, at) => (
          <Skeleton key={width} shape="block" className={`h-10 ${width} ${at % 2 ? "self-end" : ""}`} />
        ))}
      </div>
    </div>
  );
}
