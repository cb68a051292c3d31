import { useMatch, useRoomList, useSession } from "@maru/react";
import { buttonClass } from "@maru/ui";
import { Link } from "@tanstack/react-router";
import { useLayout } from "../../../shell/frame/layout.ts";
import { usePageTitle } from "../../../shell/use-page-title.ts";
import { RecentRooms } from "../../rooms/index.ts";
import { useWords } from "../i18n/words.ts";
import { MatchHero } from "../match-hero.tsx";
import { MatchStage } from "../match-stage.tsx";
import { useRequestMatch } from "../use-request-match.ts";
import { Waiting } from "../waiting.tsx";

/** The page one lands on: press Match, or wait for the one who is being looked for. */
export function HomeScreen() {
  const { t } = useWords();
  const session = useSession();
  const match = useMatch();
  const list = useRoomList();
  const { paneCount } = useLayout();
  const { request, cancel, isBusy } = useRequestMatch();
  usePageTitle(t("match.page"));
  const notices = {
    none: null,
    cancelled: null,
    disconnected: t("match.reason.disconnected"),
    timed_out: t("match.reason.timed_out"),
    suspended: t("match.reason.suspended"),
  };
  return (
    <div className="flex flex-1 flex-col overflow-y-auto">
      <MatchStage seats={match.state === "idle" ? "none" : match.state === "waiting" ? "waiting" : "both"}>
        {match.state === "waiting" ? (
          <Waiting requestedAt={match.requestedAt} isBusy={isBusy} onCancel={cancel} />
        ) : (
          <MatchHero
            nickname={session.state === "signed_in" ? session.account.nickname : ""}
            notice={match.state === "idle" ? notices[match.reason] : null}
            isBusy={isBusy}
            onMatch={request}
          >
            {match.state === "matched" && (
              <Link
                to="/rooms/$roomId"
                params={{ roomId: match.roomId }}
                className={buttonClass({ variant: "secondary", size: "lg", isWide: true })}
              >
                {t("match.current.open")}
              </Link>
            )}
          </MatchHero>
        )}
      </MatchStage>
      {paneCount === 1 && <RecentRooms rooms={list.rooms} />}
    </div>
  );
}
