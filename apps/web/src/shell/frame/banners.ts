import type { ComponentType } from "react";

/** What a banner is about, the most urgent first: only that order decides who is shown. */
export const bannerRanks = ["call", "offline", "waiting", "notice"] as const;

export type BannerRank = (typeof bannerRanks)[number];

/** Something that may have to be said above every page. */
export type BannerSource = {
  readonly key: string;
  readonly rank: BannerRank;
  /** Whether there is something to say just now; a hook. */
  readonly useIsShown: () => boolean;
  readonly Banner: ComponentType;
};

/** Banners shown at once: more would push the page itself away. */
export const mostBanners = 2;

/** Who is shown of those that have something to say. */
export function chooseBanners<S extends Pick<BannerSource, "rank">>(wanting: readonly S[]): readonly S[] {
  return wanting
    .toSorted((one, other) => bannerRanks.indexOf(one.rank) - bannerRanks.indexOf(other.rank))
    .slice(0, mostBanners);
}
