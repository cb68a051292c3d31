import type { RoomSummary } from "@maru/protocol";
import { DetailPane } from "../../../shell/frame/detail-pane.tsx";
import { type RoomAction, useDetailEntries } from "../../../shell/frame/slots.tsx";
import { useDetail } from "../../../shell/frame/use-detail.ts";
import { useWords } from "../i18n/words.ts";

/** What can be opened beside a room: the actions that do so, and the one that is open. */
export function useRoomDetails(room: RoomSummary) {
  useWords();
  const entries = useDetailEntries();
  const detail = useDetail();
  const actions: RoomAction[] = entries.map(({ key, title, Icon, rank }) => ({
    key: `detail-${key}`,
    label: title(),
    icon: <Icon size={18} />,
    rank,
    onSelect: () => (detail.key === key ? detail.close() : detail.open(key)),
  }));
  const shown = entries.find(({ key }) => key === detail.key);
  const pane = shown && (
    <DetailPane key={shown.key} title={shown.title()} onClose={detail.close} isAsked={detail.isAsked}>
      <shown.Body room={room} />
    </DetailPane>
  );
  return { actions, pane };
}
