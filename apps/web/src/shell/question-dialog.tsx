import { Button, Checkbox, Dialog } from "@maru/ui";
import { useState } from "react";
import { useWords } from "./i18n/index.ts";
import type { Question } from "./question.ts";

/** The dialog that {@link AskDialog} shows. */
export function QuestionDialog({ question, onClose }: { question: Question | null; onClose: () => void }) {
  const { t } = useWords();
  const [isBusy, setIsBusy] = useState(false);
  // The words stay while the dialog goes away.
  const [shown, setShown] = useState(question);
  const [hasOption, setHasOption] = useState(false);
  if (question && question !== shown) {
    setShown(question);
    setHasOption(false);
  }
  const act = async () => {
    setIsBusy(true);
    await question?.act(hasOption);
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
    >
      {shown?.option && <Checkbox label={shown.option} checked={hasOption} onCheckedChange={setHasOption} />}
    </Dialog>
  );
}
