import { createRouter } from "@tanstack/react-router";
import { rootRoute } from "../shell/root-route.ts";
import { CrashedScreen } from "./crashed-screen.tsx";
import { features } from "./features.ts";
import { NotFoundScreen } from "./not-found-screen.tsx";
import { Root } from "./root.tsx";

type AppRoute = (typeof features)[number]["routes"][number];

rootRoute.update({ component: Root });

/** Every address of the app: those of its features. */
export const router = createRouter({
  routeTree: rootRoute.addChildren(features.flatMap(({ routes }): readonly AppRoute[] => routes)),
  defaultNotFoundComponent: NotFoundScreen,
  defaultErrorComponent: CrashedScreen,
  defaultPreload: "intent",
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
