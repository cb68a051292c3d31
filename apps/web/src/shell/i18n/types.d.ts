import type { accountKo } from "./account-ko.ts";
import type { ko } from "./ko.ts";
import type { paletteKo } from "./palette-ko.ts";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof ko; account: typeof accountKo; palette: typeof paletteKo };
    returnNull: false;
  }
}
