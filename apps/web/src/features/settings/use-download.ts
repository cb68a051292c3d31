import { useClient } from "@maru/react";
import { showToast } from "@maru/ui";
import { useState } from "react";
import { errorMessageOf } from "../../shell/error-messages.ts";
import { saveFile } from "../../shell/save-file.ts";
import { useWords } from "./i18n/index.ts";

/** Downloads everything held on oneself as a file. */
export function useDownload(): { download: () => Promise<void>; isBusy: boolean } {
  const { t, locale } = useWords();
  const { account } = useClient();
  const [isBusy, setIsBusy] = useState(false);
  const download = async () => {
    setIsBusy(true);
    try {
      const held = await account.export();
      saveFile(t("data.fileName"), JSON.stringify(held, null, 2), "application/json");
    } catch (thrown) {
      showToast(errorMessageOf(thrown, locale), "bad");
    }
    setIsBusy(false);
  };
  return { download, isBusy };
}
