import { LogoMark, Tooltip } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import type { NavigationEntry } from "../../shell/frame/navigation.ts";
import { useWords } from "../../shell/i18n/index.ts";
import { NavigationBadge } from "./navigation-badge.tsx";

/** The places of the house down the left side of a wide screen; what is one's own stands at its foot. */
export function Rail({ navigation }: { navigation: readonly NavigationEntry[] }) {
  const { t } = useWords();
  return (
    <nav
      aria-label={t("nav.label")}
      className="flex w-[min(4.5rem,12vw)] shrink-0 flex-col items-center gap-2 overflow-y-auto border-r border-line bg-sunken py-4"
    >
      <Link to="/" aria-label={t("app.name")} className="mb-3 rounded-md p-1">
        <LogoMark size={34} />
      </Link>
      {navigation.map((entry) => !entry.isAtFoot && <RailLink key={entry.to} entry={entry} />)}
      <span className="flex-1" />
      {navigation.map((entry) => entry.isAtFoot && <RailLink key={entry.to} entry={entry} />)}
    </nav>
  );
}

function RailLink({ entry }: { entry: NavigationEntry }) {
  return (
    <Tooltip text={entry.label()} side="right">
      <Link
        to={entry.to as "/"}
        activeOptions={{ exact: entry.isExact ?? false, includeSearch: false }}
        className="group relative flex size-12 shrink-0 items-center justify-center rounded-lg text-ink-muted transition-colors hover:bg-hover hover:text-ink aria-[current=page]:bg-raised aria-[current=page]:text-jade aria-[current=page]:shadow-low"
      >
        <span aria-hidden="true">
          <entry.Icon size={23} />
        </span>
        <span className="sr-only">{entry.label()}</span>
        <span className="absolute -top-1 left-5.5">
          <NavigationBadge entry={entry} />
        </span>
      </Link>
    </Tooltip>
  );
}
