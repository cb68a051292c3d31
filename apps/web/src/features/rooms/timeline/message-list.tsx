import type { RoomSummary } from "@maru/protocol";
import { type ActionsPlace, Spinner } from "@maru/ui";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { useNow } from "../../../shell/now.ts";
import { useWords } from "../i18n/words.ts";
import { Bubble } from "./bubble.tsx";
import { DayDivider } from "./day-divider.tsx";
import { EventLine } from "./event-line.tsx";
import { JumpToEnd } from "./jump-to-end.tsx";
import { JumpToUnread } from "./jump-to-unread.tsx";
import { NewLine } from "./new-line.tsx";
import { findPlace, type RoomPlace } from "./room-place.ts";
import { arrangeTimeline } from "./timeline.ts";
import type { TextItem, TimelineItem } from "./timeline-item.ts";
import { useInitialScroll } from "./use-initial-scroll.ts";
import { useKeepAnchor } from "./use-keep-anchor.ts";
import { useMessageFocus } from "./use-message-focus.ts";
import { useNewItemKeys } from "./use-new-item-keys.ts";
import { useSeen } from "./use-seen.ts";
import { type Start, useStickToEnd } from "./use-stick-to-end.ts";

/** Nearer than this to the first or last loaded line, more are asked for. */
const fetchAheadPx = 900;
/** A line of which less than this is in sight was not read; nearer than this to the end is the end. */
const edgePx = 24;

export type Speaker = { readonly name: string; readonly avatarSeed: string };

export type MessageListProps = {
  lines: readonly TimelineItem[];
  /** Stands before the oldest line: what there is to say where history begins, or that more is coming. */
  head: ReactNode;
  hasOlder: boolean;
  onWantOlder: () => void;
  /** What is shown ends before the newest. */
  hasNewer: boolean;
  onWantNewer: () => void;
  onWantNewest: () => void;
  /** Where to begin; null where that follows from what is unread. */
  place: RoomPlace | null;
  onWantUnread: (seq: number) => void;
  /** Read cursor at opening, where something was unread. */
  newAfterSeq: number | null;
  findSpeaker: (memberId: string | undefined) => Speaker;
  selfId: string;
  /** How far it was read, and whether it is marked as unread all the same. */
  reading: Pick<RoomSummary, "readSeq" | "markedUnread">;
  /** Told with the number of the last line that was on screen. */
  onSeen: (seq: number) => void;
  /** Told where the list stands; null at its end. */
  onPlace: (place: { readonly seq: number; readonly offsetPx: number } | null) => void;
  /** What can be done with a message is asked for. */
  onActions: (line: TextItem, place: ActionsPlace) => void;
  /** Escape: back to where one writes. */
  onLeave: () => void;
  onRetry: (clientMessageId: string) => void;
  onRemove: (clientMessageId: string) => void;
};

/** The talk of a room from the oldest loaded line to what waits to be sent. */
export function MessageList(props: MessageListProps) {
  const { lines, head, hasOlder, onWantOlder, hasNewer, newAfterSeq, place, findSpeaker, selfId } = props;
  const { t } = useWords();
  const now = useNow(60_000);
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  // Where the first unread line is not loaded yet, nothing is marked: the mark would stand in a wrong place.
  const isStartLoaded = newAfterSeq !== null && (!hasOlder || (lines[0]?.seq ?? 0) <= newAfterSeq + 1);
  const entries = useMemo(
    () => arrangeTimeline(lines, isStartLoaded ? newAfterSeq : null),
    [lines, newAfterSeq, isStartLoaded],
  );
  const keys = useMemo(() => lines.map((line) => line.key), [lines]);
  const roving = useMessageFocus(props);
  const activeIndex = entries.findIndex((entry) => entry.line.key === roving.active);
  const keepsAnchor = useKeepAnchor(keys);
  const fresh = useNewItemKeys(keys, hasNewer);
  const [start] = useState<Start>(() => {
    if (place) return { index: findPlace(lines, place), align: alignmentOf(place) };
    const at = entries.findIndex((entry) => entry.startsNew);
    return { index: at < 0 ? null : at, align: "center" };
  });
  const end = useStickToEnd(list, scroller, lines, start, !hasNewer);
  const isUnreadFurtherUp = newAfterSeq !== null && !isStartLoaded && (place === null || place.kind === "kept");
  const see = useSeen(props.reading, props.onSeen);

  const isPlaced = useInitialScroll(() => {
    end.settle();
    onScroll();
  });
  /** Notes what is on screen: how far it was read, and where to come back to. */
  const look = () => {
    const handle = list.current;
    if (!handle || !isPlaced.current) return;
    const { scrollOffset, scrollSize, viewportSize } = handle;
    // The list begins with a head and ends with a tail.
    const lineAt = (offset: number) => Math.min(lines.length, handle.findItemIndex(offset)) - 1;
    const last = lines.slice(0, lineAt(scrollOffset + viewportSize - edgePx) + 1).findLast((line) => line.seq !== null);
    see(last?.seq ?? 0);
    const isEnd = !hasNewer && scrollSize - scrollOffset - viewportSize < edgePx;
    const at = lineAt(scrollOffset + 1);
    const seq = lines[at]?.seq ?? lines[0]?.seq ?? null;
    const offsetPx = handle.getItemOffset(Math.max(0, at) + 1) - scrollOffset;
    props.onPlace(isEnd || seq === null ? null : { seq, offsetPx });
  };
  const onScroll = () => {
    end.onScroll();
    look();
    const handle = list.current;
    if (!handle || !isPlaced.current) return;
    if (hasOlder && handle.scrollOffset < fetchAheadPx) onWantOlder();
    if (hasNewer && handle.scrollSize - handle.scrollOffset - handle.viewportSize < fetchAheadPx) props.onWantNewer();
  };

  return (
    <div className="relative min-h-0 flex-1">
      <section
        ref={scroller}
        aria-label={t("room.messages")}
        {...roving.list}
        className="flex h-full flex-col overflow-y-auto overscroll-contain outline-offset-[-2px] [overflow-anchor:none]"
      >
        <div className="grow" />
        <Virtualizer
          ref={list}
          scrollRef={scroller}
          shift={keepsAnchor}
          onScroll={onScroll}
          onResize={() => {
            end.onResize();
            look();
          }}
          bufferSize={600}
          // The list begins with a head.
          keepMounted={activeIndex < 0 ? [] : [activeIndex + 1]}
        >
          <div key="head">{head}</div>
          {entries.map((entry) => (
            <div
              key={entry.line.key}
              className={`mx-auto w-full max-w-200 px-4 md:px-6 ${fresh.has(entry.line.key) ? "animate-rise" : ""}`}
            >
              {entry.startsDay && <DayDivider at={entry.line.sentAt} now={now} />}
              {entry.startsNew && <NewLine />}
              {entry.line.kind === "text" ? (
                <Bubble
                  line={entry.line}
                  authorName={findSpeaker(entry.line.authorId).name}
                  avatarSeed={findSpeaker(entry.line.authorId).avatarSeed}
                  startsGroup={entry.startsGroup}
                  endsGroup={entry.endsGroup}
                  isActive={entry.line.key === roving.active}
                  onActions={roving.ask}
                  onRetry={props.onRetry}
                  onRemove={props.onRemove}
                />
              ) : (
                <EventLine
                  line={entry.line}
                  name={entry.line.system.memberId === selfId ? null : findSpeaker(entry.line.system.memberId).name}
                />
              )}
            </div>
          ))}
          <div
            key="tail"
            data-tail={hasNewer ? "more" : "newest"}
            className={hasNewer ? "flex justify-center py-5 text-ink-faint" : "h-4"}
          >
            {hasNewer && <Spinner />}
          </div>
        </Virtualizer>
      </section>
      {isUnreadFurtherUp && <JumpToUnread onPress={() => props.onWantUnread(newAfterSeq + 1)} />}
      <JumpToEnd isShown={!end.isAtEnd} newCount={end.newCount} onPress={hasNewer ? props.onWantNewest : end.goToEnd} />
      <Announcer lines={lines} fresh={fresh} findSpeaker={findSpeaker} />
    </div>
  );
}

/** Where on the screen a place that was gone to stands. */
function alignmentOf(place: RoomPlace): Start["align"] {
  if (place.kind === "kept") return place.offsetPx;
  return place.kind === "moment" ? 0 : "center";
}

/** Reads out what others say while the room is open, and nothing of its history. */
function Announcer({
  lines,
  fresh,
  findSpeaker,
}: Pick<MessageListProps, "lines" | "findSpeaker"> & { fresh: ReadonlySet<string> }) {
  const { t } = useWords();
  const last = lines.findLast((line) => line.kind === "text" && !line.isMine);
  const isNews = last?.kind === "text" && last.text !== null && fresh.has(last.key);
  return (
    <p aria-live="polite" className="sr-only">
      {isNews ? t("room.said", { name: findSpeaker(last.authorId).name, text: last.text ?? "" }) : ""}
    </p>
  );
}
