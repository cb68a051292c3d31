import { showToast } from "@maru/ui";
import { useCallback } from "react";
import { copyText } from "../../../shell/copy-text.ts";
import { useWords } from "../i18n/words.ts";

/** Copies a text and says whether it worked. */
export function useCopy(): (text: string) => void {
  const { t } = useWords();
  return useCallback(
    (text) => {
      void copyText(text).then((isCopied) =>
        isCopied ? showToast(t("room.copied"), "good") : showToast(t("room.copyFailed"), "bad"),
      );
    },
    [t],
  );
}
