import { buttonClass } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { HallScene } from "../../shell/brand/hall-scene.tsx";
import { useWords } from "./i18n/index.ts";
import { keepNext } from "./keep-next.ts";

/** Shows that nobody new can come in here, and shows the way for those who have been here. */
export function ClosedStep() {
  const { t } = useWords();
  return (
    <div className="mx-auto flex w-full max-w-110 flex-1 animate-rise flex-col px-6 pt-6 pb-6 md:flex-none md:pt-[6vh]">
      <div role="alert">
        <h1 className="text-2xl font-bold tracking-tight">{t("signUp.closed.title")}</h1>
        <p className="mt-2 text-md text-ink-muted">{t("signUp.closed.text")}</p>
      </div>
      <HallScene seats="none" className="my-8" />
      <Link to="/log-in" search={keepNext} className={`mt-auto md:mt-4 ${buttonClass({ size: "lg", isWide: true })}`}>
        {t("auth.logIn.page")}
      </Link>
    </div>
  );
}
