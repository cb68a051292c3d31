import { useEffect, useState } from "react";
import type { NavigationEntry } from "../../shell/frame/navigation.ts";
import { sumWaiting } from "../../shell/frame/waiting-count.ts";
import { showWaitingInTitle } from "../../shell/use-page-title.ts";
import { TabIcon } from "./waiting-icon.ts";

const nothing = { count: 0, hasMore: false };

/** Some browsers have badges for installed apps, and may refuse to set one. */
function showOnApp({ count, hasMore }: typeof nothing): void {
  if (!("setAppBadge" in navigator)) return;
  const done = count > 0 ? navigator.setAppBadge(count) : hasMore ? navigator.setAppBadge() : navigator.clearAppBadge();
  done.catch(() => {});
}

/** Shows outside of the page what waits at all places together: before its title, on its icon, on the app's. */
export function WaitingSigns({ navigation }: { navigation: readonly NavigationEntry[] }) {
  // biome-ignore lint/correctness/useHookAtTopLevel: the list is the same at every drawing
  const { count, hasMore } = sumWaiting(navigation.map(({ useBadge }) => useBadge?.()));
  const [icon] = useState(() => new TabIcon());
  useEffect(() => {
    const waiting = { count, hasMore };
    showWaitingInTitle(waiting);
    showOnApp(waiting);
    void icon.show(waiting);
  }, [count, hasMore, icon]);
  // Whoever signs out takes it along.
  useEffect(
    () => () => {
      showWaitingInTitle(nothing);
      showOnApp(nothing);
      void icon.show(nothing);
    },
    [icon],
  );
  return null;
}
