import { useSession } from "@maru/react";
import { preloadOverlays } from "@maru/ui";
import { Outlet } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { loadQuestionDialog } from "../shell/ask-dialog.tsx";
import { joinSlots, SlotsProvider } from "../shell/frame/slots.tsx";
import { PaletteSourcesProvider } from "../shell/palette-entry.ts";
import { whenIdle } from "../shell/when-idle.ts";
import { AppFrame } from "./frame/app-frame.tsx";
import { Banners } from "./frame/banners.tsx";
import type { JoinedParts } from "./join-parts.ts";

/** Fetches what opens at a press, so that it opens at once, and without network too. */
function prepare({ prefetch }: JoinedParts): Promise<unknown> {
  return Promise.allSettled([preloadOverlays(), loadQuestionDialog(), ...prefetch.map((fetch) => fetch())]);
}

/** Everything a signed-in person sees. */
export function SignedInLayout({ joined }: { joined: JoinedParts }) {
  const session = useSession();
  const slots = useMemo(() => joinSlots(joined.slots), [joined]);
  useEffect(() => whenIdle(() => void prepare(joined)), [joined]);
  if (session.state !== "signed_in") return null;
  return (
    <SlotsProvider slots={slots}>
      <PaletteSourcesProvider value={joined.palette}>
        <AppFrame navigation={joined.navigation} banner={<Banners sources={joined.banners} />}>
          <Outlet />
          {joined.overlays.map((Overlay, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list of features never changes
            <Overlay key={at} />
          ))}
        </AppFrame>
      </PaletteSourcesProvider>
    </SlotsProvider>
  );
}
