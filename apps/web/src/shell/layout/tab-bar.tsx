import { Badge } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { useWords } from "../i18n/index.ts";
import { navItems } from "./nav-items.tsx";

/** The places of the house under the thumb. */
export function TabBar({ unreadCount }: { unreadCount: number }) {
  const { t } = useWords();
  return (
    <nav aria-label={t("nav.label")} className="border-t border-line bg-surface pb-safe">
      <ul className="mx-auto flex max-w-120">
        {navItems.map((item) => (
          <li key={item.to} className="flex-1">
            <Link
              to={item.to}
              activeOptions={{ exact: item.to === "/" }}
              className="relative flex h-15 flex-col items-center justify-center gap-0.5 text-2xs font-medium text-ink-faint transition-colors aria-[current=page]:text-jade"
            >
              <item.icon size={23} aria-hidden />
              {t(item.label)}
              {item.to === "/rooms" && (
                <span className="absolute top-1.5 left-1/2 ml-1.5">
                  <Badge count={unreadCount} label={t("rooms.unread", { count: unreadCount })} />
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
