import { buttonClass, EmptyState } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { useWords } from "../shell/i18n/index.ts";

/** What stands at an address where nothing is. */
export function NotFoundScreen() {
  const { t } = useWords();
  return (
    <div className="m-auto">
      <EmptyState
        title={t("app.notFound.title")}
        text={t("app.notFound.text")}
        action={
          <Link to="/" className={buttonClass()}>
            {t("app.notFound.home")}
          </Link>
        }
      />
    </div>
  );
}
