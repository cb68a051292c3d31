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
import type { House } from "./join-parts.ts";

/** Fetches what opens at a press, so that it opens at once, and without network too. */
function prepare({ prefetch }: House): Promise<unknown> {
  return Promise.allSettled([preloadOverlays(), loadQuestionDialog(), ...prefetch.map((fetch) => fetch())]);
}

/** Everything a signed-in person sees. */
export function SignedInLayout({ house }: { house: House }) {
  const session = useSession();
  const slots = useMemo(() => joinSlots(house.slots), [house]);
  useEffect(() => whenIdle(() => void prepare(house)), [house]);
  if (session.state !== "signed_in") return null;
  return (
    <SlotsProvider slots={slots}>
      <PaletteSourcesProvider value={house.palette}>
        <AppFrame navigation={house.navigation} banner={<Banners sources={house.banners} />}>
          <Outlet />
          {house.overlays.map((Overlay, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list of features never changes
            <Overlay key={at} />
          ))}
        </AppFrame>
      </PaletteSourcesProvider>
    </SlotsProvider>
  );
}
