import { Button, showToast } from "@maru/ui";
import { Copy, Download } from "lucide-react";
import { copyText } from "../../shell/copy-text.ts";
import { saveFile } from "../../shell/save-file.ts";
import { useWords } from "./i18n/index.ts";

/** The recovery codes, to be copied or kept as a file. */
export function RecoveryCodesCard({ codes }: { codes: readonly string[] }) {
  const { t } = useWords();
  const text = `${codes.join("\n")}\n`;
  const copy = async () => {
    const isCopied = await copyText(text);
    showToast(isCopied ? t("recovery.copied") : t("recovery.copyFailed"), isCopied ? "good" : "bad");
  };
  return (
    <div className="flex flex-col gap-3">
      <ul aria-label={t("recovery.list")} className="flex flex-col gap-1 rounded-md bg-sunken px-4 py-4 text-center">
        {codes.map((code) => (
          <li key={code} className="select-all whitespace-nowrap text-sm font-semibold tracking-wider tabular-nums">
            {code}
          </li>
        ))}
      </ul>
      <div className="flex gap-2 *:flex-1">
        <Button variant="secondary" icon={<Copy size={17} aria-hidden />} onClick={() => void copy()}>
          {t("recovery.copy")}
        </Button>
        <Button
          variant="secondary"
          icon={<Download size={17} aria-hidden />}
          onClick={() => saveFile(t("recovery.fileName"), text, "text/plain")}
        >
          {t("recovery.download")}
        </Button>
      </div>
    </div>
  );
}
