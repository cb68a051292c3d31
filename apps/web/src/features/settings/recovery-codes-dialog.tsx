import { Button, Dialog } from "@maru/ui";
import { useState } from "react";
import { RecoveryCodesCard, useAuthWords } from "../auth/index.ts";

/** Shows new recovery codes, once. Only the button puts them away: neither Escape nor a press beside loses them. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: readonly string[] | null; onClose: () => void }) {
  const { t } = useAuthWords();
  const [shown, setShown] = useState(codes);
  if (codes && codes !== shown) setShown(codes);
  return (
    <Dialog
      isQuestion
      isOpen={codes !== null}
      onOpenChange={() => {}}
      title={t("recovery.title").replace("\n", " ")}
      description={t("recovery.text")}
      footer={<Button onClick={onClose}>{t("recovery.done")}</Button>}
    >
      {shown && <RecoveryCodesCard codes={shown} />}
    </Dialog>
  );
}
