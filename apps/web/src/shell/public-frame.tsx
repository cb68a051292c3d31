import { IconButton, Logo } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { ChevronLeft, Languages } from "lucide-react";
import type { ReactNode } from "react";
import { chooseLocale, useWords } from "./i18n/index.ts";

/** Everything before sign-in: the name at the top, one thing in the middle. */
export function PublicFrame({ onBack, children }: { onBack?: (() => void) | undefined; children: ReactNode }) {
  const { t } = useWords();
  return (
    <div className="flex min-h-dvh flex-col pt-safe pb-safe">
      <header className="mx-auto flex h-16 w-full max-w-280 items-center gap-1 px-4 md:px-6">
        {onBack ? (
          <span className="-ml-2">
            <IconButton label={t("common.back")} icon={<ChevronLeft size={24} aria-hidden />} onClick={onBack} />
          </span>
        ) : (
          <Link to="/" className="rounded-sm no-underline">
            <Logo name={t("app.name")} />
          </Link>
        )}
        <span className="flex-1" />
        <LocaleSwitch />
      </header>
      <main className="flex flex-1 flex-col">{children}</main>
    </div>
  );
}

/** The other language, named in itself. */
function LocaleSwitch() {
  const { t, locale } = useWords();
  const other = locale === "ko" ? "en" : "ko";
  return (
    <button
      type="button"
      lang={other}
      onClick={() => void chooseLocale(other)}
      className="flex h-10 items-center gap-2 rounded-full px-3 text-sm font-medium text-ink-muted transition-colors touch-target hover:bg-hover hover:text-ink"
    >
      <Languages size={18} aria-hidden />
      {other === "ko" ? t("language.ko") : t("language.en")}
    </button>
  );
}
