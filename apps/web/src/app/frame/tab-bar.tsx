import { Link } from "@tanstack/react-router";
import type { NavigationEntry } from "../../shell/frame/navigation.ts";
import { useWords } from "../../shell/i18n/index.ts";
import { NavigationBadge } from "./navigation-badge.tsx";

/** The places of the house under the thumb. */
export function TabBar({ navigation }: { navigation: readonly NavigationEntry[] }) {
  const { t } = useWords();
  return (
    <nav aria-label={t("nav.label")} className="border-t border-line bg-surface pb-safe">
      <ul className="mx-auto flex max-w-120">
        {navigation.map((entry) => (
          <li key={entry.to} className="flex-1">
            <Link
              to={entry.to as "/"}
              activeOptions={{ exact: entry.isExact ?? false, includeSearch: false }}
              className="relative flex h-15 flex-col items-center justify-center gap-0.5 text-2xs font-medium text-ink-faint transition-colors aria-[current=page]:text-jade"
            >
              <span aria-hidden="true" className="flex h-6 items-center">
                <entry.Icon size={23} />
              </span>
              {entry.label()}
              <span className="absolute top-1.5 left-1/2 ml-1.5">
                <NavigationBadge entry={entry} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
