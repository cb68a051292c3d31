import { useClient } from "@maru/react";
import { showToast } from "@maru/ui";
import { useState } from "react";
import { errorMessageOf } from "../../shell/error-messages.ts";
import { useWords } from "./i18n/words.ts";
import { useGoToMatch } from "./use-go-to-match.ts";

/** Starts and stops waiting for a partner, and says so when that did not work. */
export function useRequestMatch() {
  const client = useClient();
  const { locale } = useWords();
  const goToMatch = useGoToMatch();
  const [isBusy, setIsBusy] = useState(false);
  const run = (act: () => Promise<unknown>) => {
    setIsBusy(true);
    act()
      .catch((thrown: unknown) => showToast(errorMessageOf(thrown, locale), "bad"))
      .finally(() => setIsBusy(false));
  };
  const request = () => goToMatch(() => client.match.request());
  return { isBusy, request: () => run(request), cancel: () => run(() => client.match.cancel()) };
}
