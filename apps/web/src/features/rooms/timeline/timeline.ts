import type { Message } from "@maru/protocol";
import { dayOf } from "../../../shell/time.ts";

/** What of a line decides where it stands among its neighbours. */
export type TimelineLine = {
  /** Stays the same from the moment a message is written until it is history. */
  readonly key: string;
  /** Null for a line of the system. */
  readonly authorId: string | null;
  readonly sentAt: Date;
  /** Number in the room; null while it waits to be sent. */
  readonly seq: number | null;
};

/** A line in its place. */
export type TimelineEntry<L extends TimelineLine> = {
  readonly line: L;
  /** The first line of its day. */
  readonly startsDay: boolean;
  /** The first line that was unread when the room was opened. */
  readonly startsNew: boolean;
  /** First and last of a run by one author within one minute: the first shows who, the last shows when. */
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
};

function minuteOf(at: Date): number {
  return Math.floor(at.getTime() / 60_000);
}

function isTogether(a: TimelineLine, b: TimelineLine): boolean {
  return a.authorId !== null && a.authorId === b.authorId && minuteOf(a.sentAt) === minuteOf(b.sentAt);
}

/** Puts lines in their places. `newAfterSeq` is the read cursor at opening; null where nothing was unread. */
export function arrangeTimeline<L extends TimelineLine>(
  lines: readonly L[],
  newAfterSeq: number | null,
): readonly TimelineEntry<L>[] {
  let isNewMarked = newAfterSeq === null;
  const entries = lines.map((line, at) => {
    const before = lines[at - 1];
    const startsDay = !before || dayOf(before.sentAt) !== dayOf(line.sentAt);
    const startsNew = !isNewMarked && line.seq !== null && line.authorId !== null && line.seq > (newAfterSeq ?? 0);
    if (startsNew) isNewMarked = true;
    return {
      line,
      startsDay,
      startsNew,
      startsGroup: startsDay || startsNew || !before || !isTogether(before, line),
    };
  });
  return entries.map((entry, at) => ({
    ...entry,
    endsGroup: entries[at + 1]?.startsGroup ?? true,
  }));
}

/** The key of a sent message: one's own keeps the key it was written under, so that its bubble is not drawn anew. */
export function keyOfMessage(message: Pick<Message, "seq" | "clientMessageId">): string {
  return message.clientMessageId ?? `seq-${message.seq}`;
}
