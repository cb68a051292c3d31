import { buttonClass } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { Archive, MessageCircle, VenetianMask } from "lucide-react";
import type { ReactNode } from "react";
import { HallScene } from "../shell/brand/hall-scene.tsx";
import { useWords } from "../shell/i18n/index.ts";
import { PublicFrame } from "../shell/public-frame.tsx";
import { usePageTitle } from "../shell/use-page-title.ts";

/** What Maru is, to somebody who is not signed in, and one way in. */
export function LandingScreen() {
  const { t } = useWords();
  usePageTitle(t("landing.page"));
  return (
    <PublicFrame>
      <div className="mx-auto flex w-full max-w-280 flex-1 flex-col px-6 pb-10">
        <section className="grid flex-1 items-center gap-4 py-4 md:grid-cols-[1fr_1.1fr] md:gap-14 md:py-12">
          <div className="order-2 flex animate-rise flex-col items-start gap-5 md:order-1">
            <h1 className="whitespace-pre-line text-3xl font-bold tracking-tight md:text-4xl">{t("landing.title")}</h1>
            <p className="max-w-110 text-base text-ink-muted md:text-lg">{t("landing.text")}</p>
            <div className="mt-3 flex w-full flex-col gap-2 sm:w-auto sm:flex-row">
              <Link to="/sign-up" className={buttonClass({ size: "lg" })}>
                {t("landing.start")}
              </Link>
              <Link to="/log-in" className={buttonClass({ size: "lg", variant: "quiet" })}>
                {t("landing.logIn")}
              </Link>
            </div>
          </div>
          <div className="order-1 animate-fade md:order-2">
            <HallScene seats="both" restRem={28} />
          </div>
        </section>
        <ul className="grid gap-6 border-t border-line pt-8 md:grid-cols-3 md:gap-10">
          <Point
            icon={<VenetianMask size={22} aria-hidden />}
            title={t("landing.points.alias.title")}
            text={t("landing.points.alias.text")}
          />
          <Point
            icon={<MessageCircle size={22} aria-hidden />}
            title={t("landing.points.one.title")}
            text={t("landing.points.one.text")}
          />
          <Point
            icon={<Archive size={22} aria-hidden />}
            title={t("landing.points.kept.title")}
            text={t("landing.points.kept.text")}
          />
        </ul>
        <footer className="mt-10 flex gap-5 text-sm text-ink-faint">
          <a href="/terms" className="rounded-sm hover:text-ink">
            {t("landing.terms")}
          </a>
          <a href="/privacy" className="rounded-sm hover:text-ink">
            {t("landing.privacy")}
          </a>
        </footer>
      </div>
    </PublicFrame>
  );
}

function Point({ icon, title, text }: { icon: ReactNode; title: string; text: string }) {
  return (
    <li className="flex gap-4 md:flex-col md:gap-3">
      <span className="flex size-11 shrink-0 items-center justify-center rounded-md bg-wood-soft text-wood-ink">
        {icon}
      </span>
      <div>
        <h2 className="text-base font-semibold">{title}</h2>
        <p className="mt-0.5 text-md text-ink-muted">{text}</p>
      </div>
    </li>
  );
}
