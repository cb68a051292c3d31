import { Button, buttonClass } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { HallScene } from "../../shell/brand/hall-scene.tsx";
import { useWords } from "./i18n/index.ts";
import { keepNext } from "./keep-next.ts";

/** Asks the age first; younger people are kindly refused before anything is asked or stored. */
export function AgeStep({ onConfirmed }: { onConfirmed: () => void }) {
  const { t } = useWords();
  const [isRefused, setIsRefused] = useState(false);
  const question = useRef<HTMLHeadingElement>(null);
  useEffect(() => question.current?.focus({ preventScroll: true }), []);
  const frame = "mx-auto flex w-full max-w-110 flex-1 flex-col px-6 pt-6 pb-6 md:flex-none md:pt-[6vh] animate-rise";
  if (isRefused) {
    return (
      <div key="refused" className={frame}>
        <div role="alert">
          <h1 className="text-2xl font-bold tracking-tight">{t("auth.signUp.age.refusedTitle")}</h1>
          <p className="mt-2 text-md text-ink-muted">{t("auth.signUp.age.refusedText")}</p>
        </div>
        <HallScene seats="none" className="my-4 md:my-8" />
        <Link to="/" className={`mt-auto md:mt-4 ${buttonClass({ variant: "secondary", size: "lg", isWide: true })}`}>
          {t("auth.signUp.age.refusedHome")}
        </Link>
      </div>
    );
  }
  return (
    <div key="question" className={frame}>
      <h1 ref={question} tabIndex={-1} className="outline-none text-2xl font-bold tracking-tight">
        {t("auth.signUp.age.title")}
      </h1>
      <p className="mt-2 text-md text-ink-muted">{t("auth.signUp.age.text")}</p>
      <HallScene seats="waiting" className="my-4 md:my-8" />
      <div className="mt-auto flex flex-col gap-2 md:mt-4">
        <Button size="lg" isWide onClick={onConfirmed}>
          {t("auth.signUp.age.yes")}
        </Button>
        <Button size="lg" isWide variant="quiet" onClick={() => setIsRefused(true)}>
          {t("auth.signUp.age.no")}
        </Button>
        <p className="pt-2 text-center text-sm text-ink-muted">
          {t("auth.signUp.haveAccount")}{" "}
          <Link
            to="/log-in"
            search={keepNext}
            className="rounded-sm font-semibold text-jade underline-offset-4 hover:underline"
          >
            {t("auth.logIn.page")}
          </Link>
        </p>
      </div>
    </div>
  );
}
