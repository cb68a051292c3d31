import { Skeleton } from "@maru/ui";

/** Rows on their way. */
export function RoomRowSkeletons({ count }: { count: number }) {
  return Array.from({ length: count }, (_, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
    <div key={at} className="flex h-19 items-center gap-3 px-5">
      <Skeleton shape="circle" className="size-12 shrink-0" />
      <span className="flex flex-1 flex-col gap-2.5">
        <Skeleton className={at % 2 ? "w-1/3" : "w-2/5"} />
        <Skeleton className={at % 3 ? "w-3/4" : "w-1/2"} />
      </span>
    </div>
  ));
}
