import { Link } from "@tanstack/react-router";
import { useNow } from "../../shell/now.ts";
import { formatElapsed } from "../../shell/time.ts";
import { useWords } from "./i18n/words.ts";

/** Reminds that somebody is being looked for while another page is open, and leads back. */
export function WaitingChip({ requestedAt }: { requestedAt: string }) {
  const { t } = useWords();
  const now = useNow(1_000);
  const elapsed = formatElapsed(now.getTime() - Date.parse(requestedAt));
  return (
    <Link
      to="/"
      className="flex min-h-10 animate-fade items-center justify-center gap-2 bg-jade-soft px-4 py-2 text-sm font-semibold text-jade-ink tabular-nums no-underline -outline-offset-2"
    >
      <span aria-hidden="true" className="forced-mark size-2 animate-breathe rounded-full bg-jade" />
      {t("match.waiting.chip", { elapsed })}
    </Link>
  );
}
