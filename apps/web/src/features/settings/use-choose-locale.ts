import type { Locale } from "@maru/protocol";
import { useClient } from "@maru/react";
import { chooseLocale } from "../../shell/i18n/index.ts";

/** Changes the language here, and has the account remember it for other devices. */
export function useChooseLocale(): (locale: Locale) => void {
  const client = useClient();
  return (locale) => {
    void chooseLocale(locale);
    // This device has it already.
    client.updateMe({ locale }).catch(() => undefined);
  };
}
