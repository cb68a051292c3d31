import { useEffect } from "react";
import { useWords } from "./i18n/index.ts";

/** Names the page in the tab, with the number of unread messages before it. */
export function usePageTitle(page: string, unreadCount = 0): void {
  const { t } = useWords();
  const title = t("app.title", { page });
  useEffect(() => {
    // As badges write it; their function would bring the house along to the pages of who is signed out.
    document.title = unreadCount > 0 ? `(${unreadCount > 99 ? "99+" : unreadCount}) ${title}` : title;
  }, [title, unreadCount]);
}
