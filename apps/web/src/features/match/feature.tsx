import { createRoute } from "@tanstack/react-router";
import { VenetianMask } from "lucide-react";
import type { WebFeature } from "../../shell/feature.ts";
import { createLazyModule } from "../../shell/lazy-module.ts";
import { rootRoute } from "../../shell/root-route.ts";
import { readListSearch, roomsListPane } from "../rooms/index.ts";
import { landing } from "./i18n/landing.ts";
import { words } from "./i18n/words.ts";

const signedIn = createLazyModule(() => words.alongside(import("./signed-in.tsx")));

function HomePage() {
  const loaded = signedIn.useLoaded();
  return loaded && <loaded.HomeScreen />;
}

const home = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: HomePage,
  validateSearch: readListSearch,
  // At home one sees what waits.
  staticData: { listPane: roomsListPane },
});

/** Who meets whom: the hall, and what follows one around while one waits. */
export const match = {
  name: "match",
  routes: [home],
  landing: [
    {
      key: "match",
      Icon: VenetianMask,
      title: landing.text("title"),
      text: landing.text("text"),
      points: [landing.text("alias"), landing.text("next")],
      rank: 10,
      load: landing.load,
    },
  ],
  signedIn,
} satisfies WebFeature;
