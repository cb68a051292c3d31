import { IconButton, LogoMark, Tooltip } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { foldList, type Layout } from "../../shell/frame/layout.ts";
import type { NavigationEntry } from "../../shell/frame/navigation.ts";
import { useWords } from "../../shell/i18n/index.ts";
import { NavigationBadge } from "./navigation-badge.tsx";

export type RailProps = {
  navigation: readonly NavigationEntry[];
  /** Whether the list of this page is put away; null where it cannot be. */
  listFold: Layout["listFold"];
};

/** The places of the house down the left side of a wide screen; what is one's own stands at its foot. */
export function Rail({ navigation, listFold }: RailProps) {
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
      {listFold && (
        <Tooltip text={t(listFold === "open" ? "frame.fold" : "frame.unfold")} side="right">
          <IconButton
            label={t(listFold === "open" ? "frame.fold" : "frame.unfold")}
            icon={
              listFold === "open" ? <PanelLeftClose size={20} aria-hidden /> : <PanelLeftOpen size={20} aria-hidden />
            }
            onClick={() => foldList(listFold === "open")}
          />
        </Tooltip>
      )}
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
