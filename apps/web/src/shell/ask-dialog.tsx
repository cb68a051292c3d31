import { Button, Dialog } from "@maru/ui";
import { useState } from "react";
import { useWords } from "./i18n/index.ts";

export type Question = {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly isDangerous: boolean;
  readonly act: () => Promise<unknown>;
};

/** Asks once more before something that cannot be taken back. Null while nothing is asked. */
export function AskDialog({ question, onClose }: { question: Question | null; onClose: () => void }) {
  const { t } = useWords();
  const [isBusy, setIsBusy] = useState(false);
  // The words stay while the dialog goes away.
  const [shown, setShown] = useState(question);
  if (question && question !== shown) setShown(question);
  const act = async () => {
    setIsBusy(true);
    await question?.act();
    setIsBusy(false);
    onClose();
  };
  return (
    <Dialog
      isQuestion
      isOpen={question !== null}
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={shown?.title ?? ""}
      description={shown?.text}
      footer={
        <>
          <Button variant="secondary" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button variant={shown?.isDangerous ? "danger" : "primary"} isBusy={isBusy} onClick={() => void act()}>
            {shown?.yes ?? ""}
          </Button>
        </>
      }
    />
  );
}
