import type { TotpSetUp } from "@maru/protocol";
import { Button, showToast } from "@maru/ui";
import { Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { copyText } from "../../shell/copy-text.ts";
import { useWords } from "./i18n/index.ts";

/** What an authenticator app is to be given: a picture to scan, and the same as a key to write. */
export function TotpCard({ setUp }: { setUp: TotpSetUp }) {
  const { t } = useWords();
  const copy = async () => {
    const isCopied = await copyText(setUp.secret);
    showToast(isCopied ? t("recovery.copied") : t("recovery.copyFailed"), isCopied ? "good" : "bad");
  };
  return (
    <div className="flex flex-col items-center gap-4">
      <p className="self-start text-md text-ink-muted">{t("totp.scan")}</p>
      <QrCode text={setUp.uri} label={t("totp.qr")} />
      <div className="flex w-full flex-col gap-2 rounded-md bg-sunken px-4 py-3">
        <p className="text-sm text-ink-muted">{t("totp.manual")}</p>
        <div className="flex items-center justify-between gap-3">
          <code className="min-w-0 break-words font-sans text-sm font-semibold tracking-wider">
            {setUp.secret.replace(/(.{4})(?=.)/g, "$1 ")}
          </code>
          <Button variant="secondary" size="sm" icon={<Copy size={15} aria-hidden />} onClick={() => void copy()}>
            {t("totp.copyKey")}
          </Button>
        </div>
      </div>
    </div>
  );
}

/** A QR code, always dark on light: many scanners read nothing else. */
function QrCode({ text, label }: { text: string; label: string }) {
  const [squares, setSquares] = useState<{ size: number; path: string } | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void import("uqr").then(({ encode }) => {
      // Four squares of margin, as the standard wants.
      const { size, data } = encode(text, { ecc: "M", border: 4 });
      const path = data.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
      if (isCurrent) setSquares({ size, path });
    });
    return () => {
      isCurrent = false;
    };
  }, [text]);
  return (
    <div className="size-48 overflow-hidden rounded-lg bg-sunken ring-1 ring-line">
      {squares && (
        <svg
          role="img"
          aria-label={label}
          viewBox={`0 0 ${squares.size} ${squares.size}`}
          shapeRendering="crispEdges"
          className="size-full animate-fade"
        >
          <path d={`M0 0h${squares.size}v${squares.size}H0z`} fill="#fff" />
          <path d={squares.path} fill="#000" />
        </svg>
      )}
    </div>
  );
}
