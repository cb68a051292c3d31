import type { RoomSummary } from "@maru/protocol";
import { useClient } from "@maru/react";
import { showToast } from "@maru/ui";
import { RotateCw, SkipForward } from "lucide-react";
import { errorMessageOf } from "../../shell/error-messages.ts";
import type { RoomAction, RoomActionContext } from "../../shell/frame/slots.tsx";
import { findPartner } from "../rooms/index.ts";
import { useWords } from "./i18n/words.ts";
import { useGoToMatch } from "./use-go-to-match.ts";

function isOpenMatch(room: RoomSummary): boolean {
  return room.kind === "match" && room.state === "open" && room.membership === "active";
}

function useAttempt() {
  const { locale } = useWords();
  return async (act: () => Promise<unknown>) => {
    try {
      await act();
    } catch (thrown) {
      showToast(errorMessageOf(thrown, locale), "bad");
    }
  };
}

/** On to the next person, asked once more: this conversation ends with it. */
export function useNextAction({ room, ask }: RoomActionContext): readonly RoomAction[] {
  const { t } = useWords();
  const client = useClient();
  const goToMatch = useGoToMatch();
  const attempt = useAttempt();
  if (!isOpenMatch(room)) return [];
  const partner = findPartner(room);
  const goOn = async (blocks: boolean) => {
    if (!blocks || !partner) return client.match.next(room.id);
    await client.rooms.block(room.id, partner.id);
    await client.rooms.leave(room.id);
    await client.match.request();
  };
  const onSelect = () =>
    ask({
      title: t("match.nextAsk.title"),
      text: t("match.nextAsk.text"),
      yes: t("match.nextAsk.yes"),
      isDangerous: false,
      // Whoever leaves a match does not come back to it: whom they do not want to meet again is said now.
      ...(partner && { option: t("match.blockToo") }),
      act: (blocks) => attempt(() => goToMatch(() => goOn(blocks))),
    });
  const icon = <SkipForward size={18} aria-hidden />;
  return [{ key: "next", label: t("match.next"), icon, rank: 10, hasWords: true, onSelect }];
}

/** To somebody else, where a match is over. */
export function useMatchAgainAction({ room }: RoomActionContext): readonly RoomAction[] {
  const { t } = useWords();
  const { match } = useClient();
  const goToMatch = useGoToMatch();
  const attempt = useAttempt();
  if (room.kind !== "match") return [];
  const again = () => goToMatch(() => match.request());
  const icon = <RotateCw size={18} aria-hidden />;
  return [{ key: "again", label: t("match.again"), icon, rank: 10, onSelect: () => void attempt(again) }];
}
