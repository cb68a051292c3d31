import { useTranslation } from "react-i18next";
import { accountEn } from "./account-en.ts";
import { accountKo } from "./account-ko.ts";
import { i18n } from "./index.ts";

i18n.addResourceBundle("ko", "account", accountKo);
i18n.addResourceBundle("en", "account", accountEn);

/** The words of the ways into an account. They come with the screens that import this. */
export function useAccountWords() {
  return useTranslation("account").t;
}
