import { type BannerSource, chooseBanners } from "../../shell/frame/banners.ts";
import { connectionBanner } from "./connection-banner.tsx";
import { storageBanner } from "./storage-banner.tsx";

const own: readonly BannerSource[] = [connectionBanner, storageBanner];

/** What has to be said above the page: the most urgent of all that features and the frame have to say. */
export function Banners({ sources }: { sources: readonly BannerSource[] }) {
  const all = [...own, ...sources];
  // biome-ignore lint/correctness/useHookAtTopLevel: the list is the same at every drawing
  const wanting = all.filter(({ useIsShown }) => useIsShown());
  return chooseBanners(wanting).map(({ key, Banner }) => <Banner key={key} />);
}
