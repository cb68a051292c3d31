import { IconButton } from "@maru/ui";
import { useRouter } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import { useLayout } from "../../shell/frame/layout.ts";
import { useWords } from "./i18n/index.ts";

/** A page of its own below the settings, with the way back. */
export function SubPage({
  title,
  backTo = "/settings",
  children,
}: {
  title: string;
  backTo?: "/settings" | "/settings/data";
  children: ReactNode;
}) {
  const { t } = useWords();
  const router = useRouter();
  // Beside it stands the list of pages, which leads to all but those further down.
  const hasBack = useLayout().paneCount === 1 || backTo !== "/settings";
  return (
    <div className="flex-1 overflow-y-auto">
      <div className="mx-auto flex w-full max-w-160 flex-col gap-7 px-4 pt-3 pb-12 md:px-6 md:pt-8">
        <header className={hasBack ? "-ml-2 flex items-center gap-1" : "px-1"}>
          {hasBack && (
            <IconButton
              label={t("common.back")}
              icon={<ChevronLeft size={24} aria-hidden />}
              onClick={() => void router.navigate({ to: backTo })}
            />
          )}
          <h1 className="text-xl font-bold tracking-tight">{title}</h1>
        </header>
        {children}
      </div>
    </div>
  );
}
