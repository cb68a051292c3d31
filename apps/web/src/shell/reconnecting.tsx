import { clsx } from "clsx";
import { useWords } from "./i18n/index.ts";

/** Shows that an answer of the server is still to come; `isPatient`: only once that has taken longer than it should. */
export function Reconnecting({ isPatient = false }: { isPatient?: boolean }) {
  const { t } = useWords();
  return (
    <p
      role="status"
      className={clsx("animate-fade text-center text-sm text-ink-muted", isPatient && "[animation-delay:4s]")}
    >
      {t("connection.reconnecting")}
    </p>
  );
}
