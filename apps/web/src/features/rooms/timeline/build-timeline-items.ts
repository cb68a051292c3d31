import { type ClientErrorBody, countUnreadReaders, describeErrorBody, type UnreadReaderCounts } from "@maru/client";
import type { Locale, Message } from "@maru/protocol";
import { keyOfMessage } from "./timeline.ts";
import type { Delivery, TimelineItem } from "./timeline-item.ts";

/** A message of one's own that is not in the room yet, as the outbox has it. */
export type Unsent = {
  readonly clientMessageId: string;
  readonly text: string;
  readonly state: "waiting" | "sending" | "failed";
  /** Epoch ms of the press on send. */
  readonly createdAt: number;
  readonly error?: ClientErrorBody | undefined;
};

function lineOfMessage(message: Message, selfId: string, counted: UnreadReaderCounts | null): TimelineItem | null {
  const base = { key: keyOfMessage(message), sentAt: new Date(message.sentAt), seq: message.seq };
  if (message.kind === "system") {
    return message.system ? { ...base, kind: "system", authorId: null, system: message.system } : null;
  }
  return {
    ...base,
    kind: "text",
    authorId: message.authorId ?? "",
    isMine: message.authorId === selfId,
    text: message.deletedAt ? null : (message.text ?? null),
    isEdited: message.editedAt !== undefined,
    delivery: "sent",
    clientMessageId: message.clientMessageId ?? null,
    unreadReaderCount: countUnreadReaders(counted, { seq: message.seq, isMine: message.authorId === selfId }),
    fault: null,
  };
}

function lineOfUnsent(unsent: Unsent, selfId: string, isOnline: boolean, locale: Locale): TimelineItem {
  const delivery: Delivery = unsent.state === "failed" ? "failed" : isOnline ? "sending" : "waiting";
  return {
    key: unsent.clientMessageId,
    sentAt: new Date(unsent.createdAt),
    seq: null,
    kind: "text",
    authorId: selfId,
    isMine: true,
    text: unsent.text,
    isEdited: false,
    delivery,
    clientMessageId: unsent.clientMessageId,
    unreadReaderCount: null,
    fault: unsent.error ? describeErrorBody(unsent.error, locale) : null,
  };
}

export type RoomContent = {
  readonly messages: readonly Message[];
  readonly unsent: readonly Unsent[];
  readonly unreadReaderCounts?: UnreadReaderCounts | null;
  readonly selfId: string;
  readonly isOnline: boolean;
  readonly locale: Locale;
};

/** What a room shows: its history in the order of its numbers, then what waits to be sent, each message once. */
export function buildTimelineItems(content: RoomContent): readonly TimelineItem[] {
  const { messages, unsent, selfId, isOnline, locale, unreadReaderCounts = null } = content;
  const lines: TimelineItem[] = [];
  const arrived = new Set<string>();
  for (const message of messages) {
    const line = lineOfMessage(message, selfId, unreadReaderCounts);
    if (!line) continue;
    lines.push(line);
    if (message.authorId === selfId && message.clientMessageId) arrived.add(message.clientMessageId);
  }
  for (const entry of unsent)
    if (!arrived.has(entry.clientMessageId)) lines.push(lineOfUnsent(entry, selfId, isOnline, locale));
  return lines;
}
