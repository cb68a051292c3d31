import type { MenuItem } from "../menu/menu-item.ts";
import type { ActionsPlace } from "../roving-focus.ts";

/** What can be done with one item of a list, while somebody looks at it. */
export type ActionsRequest = {
  readonly items: readonly MenuItem[];
  readonly place: ActionsPlace;
};

export type ActionsProps = {
  /** Null while nothing is asked. */
  request: ActionsRequest | null;
  /** Describes what they are for, to those who do not see it. */
  label: string;
  onClose: () => void;
};
