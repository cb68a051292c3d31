import type { MembershipId } from "@maru/protocol";
import { useClient } from "@maru/react";
import { type MenuItem, showToast } from "@maru/ui";
import { useRouter } from "@tanstack/react-router";
import { Ban, DoorOpen } from "lucide-react";
import { errorMessageOf } from "../../../shell/error-messages.ts";
import type { RoomAction, RoomActionContext } from "../../../shell/frame/slots.tsx";
import { useWords } from "../i18n/words.ts";
import { useListItems } from "../list/use-list-items.tsx";
import { findPartner, nameOfMember } from "../room-names.ts";

/**
 * What can be done with an open room, each asked once more where it cannot be taken back. What other features add (`actions`)
 * stands here too, also where it has an icon of its own.
 */
export function useRoomItems({ room, ask }: RoomActionContext, actions: readonly RoomAction[]): readonly MenuItem[] {
  const { t, locale } = useWords();
  const client = useClient();
  const router = useRouter();
  const listItems = useListItems();
  const partner = findPartner(room);
  const isMatch = room.kind === "match";
  const isActive = room.state === "open" && room.membership === "active";
  const attempt = async (act: () => Promise<unknown>) => {
    try {
      await act();
    } catch (thrown) {
      showToast(errorMessageOf(thrown, locale), "bad");
    }
  };
  const askLeave = () =>
    ask({
      title: t("room.leaveAsk.title"),
      text: isMatch ? t("room.leaveAsk.match") : t("room.leaveAsk.direct"),
      yes: t("room.leaveAsk.yes"),
      isDangerous: true,
      // Whoever leaves a match does not come back to it: whom they do not want to meet again is said now.
      ...(isMatch && partner && { option: t("room.blockToo") }),
      act: (blocks) =>
        attempt(async () => {
          if (blocks && partner) await client.rooms.block(room.id, partner.id);
          await client.rooms.leave(room.id);
          await router.navigate({ to: "/rooms" });
        }),
    });
  const askBlock = (memberId: MembershipId, name: string) =>
    ask({
      title: t("room.blockAsk.title", { name }),
      text: t("room.blockAsk.text"),
      yes: t("room.blockAsk.yes"),
      isDangerous: true,
      act: () =>
        attempt(async () => {
          await client.rooms.block(room.id, memberId);
          showToast(t("room.blocked"), "good");
        }),
    });

  const items: MenuItem[] = [
    ...listItems(room),
    "separator",
    ...actions.map(({ key, label, icon, onSelect }) => ({ key, label, icon, onSelect })),
  ];
  if (isActive)
    items.push({ key: "leave", label: t("room.leave"), icon: <DoorOpen size={18} aria-hidden />, onSelect: askLeave });
  if (partner) {
    const name = nameOfMember(partner, locale, t("common.unknown"));
    items.push({
      key: "block",
      label: t("room.block"),
      icon: <Ban size={18} aria-hidden />,
      isDangerous: true,
      onSelect: () => askBlock(partner.id, name),
    });
  }
  return items;
}
