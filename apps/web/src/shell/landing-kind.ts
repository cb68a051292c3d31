import type { ComponentType } from "react";
import type { Text } from "./i18n/index.ts";

/** A kind of conversation as the first page presents it to whoever has not been here yet. */
export type LandingKind = {
  readonly key: string;
  readonly Icon: ComponentType<{ readonly size: number }>;
  readonly title: Text;
  readonly text: Text;
  /** What makes it what it is, one short line each. */
  readonly points: readonly Text[];
  readonly rank: number;
  /** Fetches its words. */
  readonly load: () => Promise<void>;
};
