import type { SystemLine } from "@maru/protocol";
import type { TimelineLine } from "./timeline.ts";

/** How far one's own message has come. */
export type Delivery = "sent" | "sending" | "waiting" | "failed";

/** Something that a person said. */
export type TextItem = TimelineLine & {
  readonly kind: "text";
  readonly authorId: string;
  readonly isMine: boolean;
  /** Null on a tombstone. */
  readonly text: string | null;
  readonly isEdited: boolean;
  readonly delivery: Delivery;
  /** Names a message that waits or failed, for retry and remove. */
  readonly clientMessageId: string | null;
  /** How many people have not read it; null where nobody knows. */
  readonly unreadReaderCount: number | null;
  /** Why it failed, in words. */
  readonly fault: string | null;
};

/** Something that happened in the room. */
export type EventItem = TimelineLine & {
  readonly kind: "system";
  readonly authorId: null;
  readonly system: SystemLine;
};

export type TimelineItem = TextItem | EventItem;
