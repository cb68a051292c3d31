import { expect, test } from "bun:test";
import fc from "fast-check";
import { bannerRanks, chooseBanners, mostBanners } from "./banners.ts";

test("the most urgent come first, and at most two", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...bannerRanks)), (ranks) => {
      const chosen = chooseBanners(ranks.map((rank) => ({ rank }))).map(({ rank }) => bannerRanks.indexOf(rank));
      const sorted = ranks.map((rank) => bannerRanks.indexOf(rank)).toSorted((one, other) => one - other);
      expect(chosen).toEqual(sorted.slice(0, mostBanners));
    }),
  );
});
