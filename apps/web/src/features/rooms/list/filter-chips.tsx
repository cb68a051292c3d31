import { IconButton, Tooltip } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { CheckCheck } from "lucide-react";
import type { KeyboardEvent } from "react";
import { useRoomKinds } from "../../../shell/frame/slots.tsx";
import { useWords } from "../i18n/words.ts";
import { useMarkAllRead } from "./use-mark-all-read.ts";

/** Narrows the list by a press, and by address; reads all at once where there is much to be read. */
export function FilterChips({ filter }: { filter: string | undefined }) {
  const { t } = useWords();
  const kinds = useRoomKinds();
  const markAllRead = useMarkAllRead();
  const chips = [
    { value: undefined, label: t("rooms.filter.all") },
    { value: "unread", label: t("rooms.filter.unread") },
    ...kinds.map(({ kind, label }) => ({ value: kind as string, label: label() })),
  ];
  return (
    <div className="flex h-11 shrink-0 items-center gap-1 pr-3 pl-4">
      <nav
        aria-label={t("rooms.filter.label")}
        onKeyDown={moveByArrow}
        className="-my-1 flex min-w-0 flex-1 gap-1.5 overflow-x-auto py-1 pl-1 [scrollbar-width:none]"
      >
        {chips.map(({ value, label }) => (
          <Link
            key={value ?? "all"}
            to="."
            replace
            search={(was: Record<string, unknown>) => withFilter(was, value) as never}
            activeOptions={{ exact: true, includeSearch: true }}
            tabIndex={value === filter ? 0 : -1}
            className="flex h-8 shrink-0 items-center whitespace-nowrap rounded-full px-3 text-sm text-ink-muted no-underline ring-1 ring-inset ring-line transition-colors touch-target hover:bg-hover hover:text-ink aria-[current=page]:forced-edge aria-[current=page]:bg-jade-soft aria-[current=page]:font-semibold aria-[current=page]:text-jade-ink aria-[current=page]:ring-transparent"
          >
            {label}
          </Link>
        ))}
      </nav>
      {markAllRead && (
        <Tooltip text={t("rooms.markAllRead")} side="bottom">
          <IconButton
            label={t("rooms.markAllRead")}
            icon={<CheckCheck size={20} aria-hidden />}
            onClick={markAllRead}
          />
        </Tooltip>
      )}
    </div>
  );
}

function withFilter({ filter: _, archived: __, ...others }: Record<string, unknown>, filter: string | undefined) {
  return filter === undefined ? others : { ...others, filter };
}

/** The chips are one stop of the Tab key: arrows lead along them, as along tabs. */
function moveByArrow(event: KeyboardEvent<HTMLElement>): void {
  const links = [...event.currentTarget.querySelectorAll("a")];
  const at = links.indexOf(event.target as HTMLAnchorElement);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: links.length - 1 }[event.key];
  if (at < 0 || to === undefined) return;
  event.preventDefault();
  links[(to + links.length) % links.length]?.focus();
}
