import { type ActionsPlace, useRovingFocus } from "@maru/ui";
import { useCallback, useMemo, useRef } from "react";
import type { TextItem, TimelineItem } from "./timeline-item.ts";

export type MessageFocusOptions = {
  lines: readonly TimelineItem[];
  onActions: (line: TextItem, place: ActionsPlace) => void;
  onLeave: () => void;
};

/** The keyboard's way through the messages, beginning at the newest. */
export function useMessageFocus({ lines, onActions, onLeave }: MessageFocusOptions) {
  const texts = useMemo(() => lines.filter((line) => line.kind === "text"), [lines]);
  const latest = useRef({ texts, onActions });
  latest.current = { texts, onActions };
  const ask = useCallback((key: string, place: ActionsPlace) => {
    const line = latest.current.texts.find((each) => each.key === key);
    if (line) latest.current.onActions(line, place);
  }, []);
  const keys = useMemo(() => texts.map(({ key }) => key), [texts]);
  const { active, list } = useRovingFocus({ keys, start: "last", onActions: ask, isEnterForActions: true, onLeave });
  return { active, list, ask };
}
