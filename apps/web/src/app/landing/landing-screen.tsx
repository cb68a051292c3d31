import { buttonClass } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { Archive, Check } from "lucide-react";
import { useId } from "react";
import { HallScene } from "../../shell/brand/hall-scene.tsx";
import type { LandingKind } from "../../shell/landing-kind.ts";
import { PublicFrame } from "../../shell/public-frame.tsx";
import { usePageTitle } from "../../shell/use-page-title.ts";
import { useWords } from "./i18n/words.ts";

/** What Maru is, to somebody who is not signed in, and one way in. */
export function LandingScreen({ kinds }: { kinds: readonly LandingKind[] }) {
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
        <Kinds kinds={kinds} />
        <p className="mt-8 flex items-start gap-3 text-md text-ink-muted">
          <Archive size={20} aria-hidden className="mt-0.5 shrink-0 text-wood-ink" />
          {t("landing.kept")}
        </p>
        <footer className="mt-10 flex gap-5 text-sm text-ink-faint">
          <a href="/terms" className="rounded-sm hover:text-ink">
            {t("legal.terms")}
          </a>
          <a href="/privacy" className="rounded-sm hover:text-ink">
            {t("legal.privacy")}
          </a>
        </footer>
      </div>
    </PublicFrame>
  );
}

/** The kinds of conversation that there are here, side by side: one for each that a feature has registered. */
function Kinds({ kinds }: { kinds: readonly LandingKind[] }) {
  const { t } = useWords();
  const id = useId();
  return (
    <section aria-labelledby={id} className="border-t border-line pt-8">
      <h2 id={id} className="text-lg font-bold tracking-tight">
        {t("landing.kinds")}
      </h2>
      <ul className="mt-4 grid gap-3 md:grid-cols-[repeat(auto-fit,minmax(18rem,1fr))] md:gap-4">
        {kinds.map(({ key, Icon, title, text, points }) => (
          <li key={key} className="flex flex-col gap-3 rounded-xl bg-surface p-5 ring-1 ring-inset ring-line md:p-6">
            <div className="flex items-center gap-3">
              <span
                aria-hidden="true"
                className="flex size-11 shrink-0 items-center justify-center rounded-md bg-wood-soft text-wood-ink"
              >
                <Icon size={22} />
              </span>
              <h3 className="text-base font-semibold">{title()}</h3>
            </div>
            <p className="text-md text-ink-muted">{text()}</p>
            <ul className="flex flex-col gap-1.5 text-sm text-ink-muted">
              {points.map((point) => (
                <li key={point()} className="flex items-start gap-2">
                  <Check size={16} aria-hidden className="mt-1 shrink-0 text-jade" />
                  {point()}
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
    </section>
  );
}
