import { useMatch } from "@maru/react";
import { useLocation } from "@tanstack/react-router";
import { House, VenetianMask } from "lucide-react";
import type { SignedInParts } from "../../shell/feature.ts";
import { createLazyModule } from "../../shell/lazy-module.ts";
import { words } from "./i18n/words.ts";
import { useMatchAgainAction, useNextAction } from "./room-actions.tsx";
import { useFollowMatch } from "./use-follow-match.ts";
import { WaitingChip } from "./waiting-chip.tsx";

export { HomeScreen } from "./screens/home-screen.tsx";

function FollowMatch() {
  useFollowMatch();
  return null;
}

function useIsWaitingElsewhere(): boolean {
  const { state } = useMatch();
  return useLocation({ select: ({ pathname }) => pathname }) !== "/" && state === "waiting";
}

function WaitingBanner() {
  const match = useMatch();
  return match.state === "waiting" && <WaitingChip requestedAt={match.requestedAt} />;
}

export const parts: SignedInParts = {
  navigation: [{ to: "/", label: words.text("match.page"), Icon: House, rank: 10, isExact: true }],
  slots: {
    roomHeader: [useNextAction],
    roomEnded: [useMatchAgainAction],
    roomKinds: [{ kind: "match", label: words.text("match.kind"), Mark: VenetianMask, rank: 20 }],
  },
  banners: [{ key: "waiting", rank: "waiting", useIsShown: useIsWaitingElsewhere, Banner: WaitingBanner }],
  overlays: [FollowMatch],
  palette: createLazyModule(() => import("./palette-entries.tsx").then(({ usePaletteEntries }) => usePaletteEntries)),
};
