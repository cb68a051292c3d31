import { Button, Skeleton } from "@maru/ui";
import type { ReactNode } from "react";
import { useWords } from "./i18n/index.ts";
import { Row } from "./section.tsx";
import type { Loaded } from "./use-loaded.ts";

/** The rows of something that is loaded: on its way, failed, or there. */
export function LoadedRows<T>({
  loaded,
  onRetry,
  children,
}: {
  loaded: Loaded<T>;
  onRetry: () => void;
  children: (value: T) => ReactNode;
}) {
  const { t } = useWords();
  switch (loaded.state) {
    case "loading":
      return <Row label={<Skeleton className="w-2/5" />} />;
    case "failed":
      return (
        <Row label={<span className="text-ink-muted">{t("common.failed")}</span>}>
          <Button variant="secondary" size="sm" onClick={onRetry}>
            {t("common.retry")}
          </Button>
        </Row>
      );
    case "ready":
      return children(loaded.value);
  }
}
