import type { ComponentType } from "react";
import type { ko } from "./i18n/ko.ts";
import type { WordKey } from "./i18n/words.ts";

/** A kind of conversation as the first page presents it to whoever has not been here yet. */
export type LandingKind = {
  readonly key: string;
  readonly Icon: ComponentType<{ readonly size: number }>;
  readonly title: WordKey<typeof ko>;
  readonly text: WordKey<typeof ko>;
  /** What makes it what it is, one short line each. */
  readonly points: readonly WordKey<typeof ko>[];
  readonly rank: number;
};
