import { Avatar, Badge, LogoMark, Tooltip } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { useWords } from "../i18n/index.ts";
import { navItems } from "./nav-items.tsx";

/** The places of the house down the left side of a wide screen. */
export function Rail({
  unreadCount,
  avatarSeed,
  nickname,
}: {
  unreadCount: number;
  avatarSeed: string;
  nickname: string;
}) {
  const { t } = useWords();
  return (
    <nav
      aria-label={t("nav.label")}
      className="flex w-[min(4.5rem,12vw)] shrink-0 flex-col items-center gap-2 border-r border-line bg-sunken py-4"
    >
      <Link to="/" aria-label={t("app.name")} className="mb-3 rounded-md p-1">
        <LogoMark size={34} />
      </Link>
      {navItems.map((item) => (
        <Tooltip key={item.to} text={t(item.label)} side="right">
          <Link
            to={item.to}
            activeOptions={{ exact: item.to === "/" }}
            className="group relative flex size-12 items-center justify-center rounded-lg text-ink-muted transition-colors hover:bg-hover hover:text-ink aria-[current=page]:bg-raised aria-[current=page]:text-jade aria-[current=page]:shadow-low"
          >
            <item.icon size={23} aria-hidden />
            <span className="sr-only">{t(item.label)}</span>
            {item.to === "/rooms" && (
              <span className="absolute -top-1 left-5.5">
                <Badge count={unreadCount} label={t("rooms.unread", { count: unreadCount })} />
              </span>
            )}
          </Link>
        </Tooltip>
      ))}
      <span className="flex-1" />
      <Tooltip text={nickname} side="right">
        <Link to="/settings" aria-label={nickname} className="rounded-full p-1">
          <Avatar seed={avatarSeed} size={36} />
        </Link>
      </Tooltip>
    </nav>
  );
}
