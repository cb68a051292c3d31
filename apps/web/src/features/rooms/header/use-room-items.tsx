import type { MembershipId, RoomSummary } from "@maru/protocol";
import { useClient } from "@maru/react";
import { type MenuItem, showToast } from "@maru/ui";
import { useRouter } from "@tanstack/react-router";
import { Ban, DoorOpen, SkipForward } from "lucide-react";
import { useState } from "react";
import { errorMessageOf } from "../../../shell/error-messages.ts";
import { useWords } from "../../../shell/i18n/index.ts";
import type { Question } from "../../../shell/question.ts";
import { useGoToMatch } from "../../match/use-go-to-match.ts";
import { useListItems } from "../list/use-list-items.tsx";
import { findPartner, nameOfMember } from "../room-names.ts";

/** What can be done with an open room, each asked once more where it cannot be taken back. */
export function useRoomItems(room: RoomSummary) {
  const { t, locale } = useWords();
  const client = useClient();
  const router = useRouter();
  const listItems = useListItems();
  const goToMatch = useGoToMatch();
  const [question, setQuestion] = useState<Question | null>(null);
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

  // Whoever leaves a match does not come back to it: whom they do not want to meet again is said now.
  const blockOption = partner ? { option: t("room.blockToo") } : {};
  const blockAndLeave = async () => {
    if (partner) await client.rooms.block(room.id, partner.id);
    await client.rooms.leave(room.id);
  };
  const matchAgain = () =>
    attempt(async () => {
      await client.match.request();
      await goToMatch();
    });
  const askNext = () =>
    setQuestion({
      title: t("room.nextAsk.title"),
      text: t("room.nextAsk.text"),
      yes: t("room.nextAsk.yes"),
      isDangerous: false,
      ...blockOption,
      act: (blocks) =>
        attempt(async () => {
          if (blocks) {
            await blockAndLeave();
            await client.match.request();
          } else await client.match.next(room.id);
          await goToMatch();
        }),
    });
  const askLeave = () =>
    setQuestion({
      title: t("room.leaveAsk.title"),
      text: isMatch ? t("room.leaveAsk.match") : t("room.leaveAsk.direct"),
      yes: t("room.leaveAsk.yes"),
      isDangerous: true,
      ...(isMatch && blockOption),
      act: (blocks) =>
        attempt(async () => {
          if (blocks) await blockAndLeave();
          else await client.rooms.leave(room.id);
          await router.navigate({ to: "/rooms" });
        }),
    });
  const askBlock = (memberId: MembershipId, name: string) =>
    setQuestion({
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

  const items: MenuItem[] = [...listItems(room), "separator"];
  if (isMatch && isActive)
    items.push({ key: "next", label: t("room.next"), icon: <SkipForward size={18} aria-hidden />, onSelect: askNext });
  if (isActive)
    items.push({ key: "leave", label: t("room.leave"), icon: <DoorOpen size={18} aria-hidden />, onSelect: askLeave });
  if (partner) {
    const name = nameOfMember(partner, locale, t("rooms.unknown"));
    items.push({
      key: "block",
      label: t("room.block"),
      icon: <Ban size={18} aria-hidden />,
      isDangerous: true,
      onSelect: () => askBlock(partner.id, name),
    });
  }
  return {
    items,
    question,
    closeQuestion: () => setQuestion(null),
    askNext: isMatch && isActive ? askNext : null,
    matchAgain: isMatch ? () => void matchAgain() : null,
  };
}
