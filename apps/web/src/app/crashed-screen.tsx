import { Button, EmptyState } from "@maru/ui";
import { useWords } from "../shell/i18n/index.ts";

/** What stands where a page could not be drawn. */
export function CrashedScreen() {
  const { t } = useWords();
  return (
    <div role="alert" className="m-auto">
      <EmptyState
        title={t("app.crashed.title")}
        text={t("app.crashed.text")}
        action={<Button onClick={() => window.location.reload()}>{t("app.crashed.reload")}</Button>}
      />
    </div>
  );
}
