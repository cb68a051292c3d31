import { en as landingEn } from "../../apps/web/src/app/landing/i18n/en.ts";
import { ko as landingKo } from "../../apps/web/src/app/landing/i18n/ko.ts";
import { entryEn } from "../../apps/web/src/features/auth/i18n/entry-en.ts";
import { entryKo } from "../../apps/web/src/features/auth/i18n/entry-ko.ts";
import { en as matchEn } from "../../apps/web/src/features/match/i18n/en.ts";
import { ko as matchKo } from "../../apps/web/src/features/match/i18n/ko.ts";
import { landingEn as matchLandingEn } from "../../apps/web/src/features/match/i18n/landing-en.ts";
import { landingKo as matchLandingKo } from "../../apps/web/src/features/match/i18n/landing-ko.ts";
import { searchEn } from "../../apps/web/src/features/palette/i18n/search-en.ts";
import { searchKo } from "../../apps/web/src/features/palette/i18n/search-ko.ts";
import { en as roomsEn } from "../../apps/web/src/features/rooms/i18n/en.ts";
import { ko as roomsKo } from "../../apps/web/src/features/rooms/i18n/ko.ts";
import { landingEn as roomsLandingEn } from "../../apps/web/src/features/rooms/i18n/landing-en.ts";
import { landingKo as roomsLandingKo } from "../../apps/web/src/features/rooms/i18n/landing-ko.ts";
import { pagesEn } from "../../apps/web/src/features/settings/i18n/pages-en.ts";
import { pagesKo } from "../../apps/web/src/features/settings/i18n/pages-ko.ts";
import { placeEn } from "../../apps/web/src/features/settings/i18n/place-en.ts";
import { placeKo } from "../../apps/web/src/features/settings/i18n/place-ko.ts";
import { en as shellEn } from "../../apps/web/src/shell/i18n/en.ts";
import { ko as shellKo } from "../../apps/web/src/shell/i18n/ko.ts";

/** Every word of the app in Korean, whichever feature says it. */
export const ko = {
  ...shellKo,
  ...landingKo,
  ...roomsKo,
  ...matchKo,
  ...entryKo,
  ...pagesKo,
  ...searchKo,
  place: placeKo,
  kinds: [matchLandingKo, roomsLandingKo],
};

/** The same in English. */
export const en = {
  ...shellEn,
  ...landingEn,
  ...roomsEn,
  ...matchEn,
  ...entryEn,
  ...pagesEn,
  ...searchEn,
  place: placeEn,
  kinds: [matchLandingEn, roomsLandingEn],
} satisfies typeof ko;
