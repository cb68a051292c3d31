import { formatBadge } from "@maru/ui";
import { useEffect } from "react";
import type { WaitingCount } from "./frame/waiting-count.ts";
import { useWords } from "./i18n/index.ts";

let title = "";
let waiting: WaitingCount = { count: 0, hasMore: false };

function write(): void {
  const mark = waiting.count > 0 ? `(${formatBadge(waiting.count)}) ` : waiting.hasMore ? "• " : "";
  document.title = mark + title;
}

/** Names the page in the tab. */
export function usePageTitle(page: string): void {
  const { t } = useWords();
  const named = t("app.title", { page });
  useEffect(() => {
    title = named;
    write();
  }, [named]);
}

/** Puts what waits before the name of whatever page is open. */
export function showWaitingInTitle(next: WaitingCount): void {
  waiting = next;
  if (title !== "") write();
}
