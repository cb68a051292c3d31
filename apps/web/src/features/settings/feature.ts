import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { createElement } from "react";
import type { WebFeature } from "../../shell/feature.ts";
import type { ListPane } from "../../shell/frame/place.ts";
import { createLazyModule } from "../../shell/lazy-module.ts";
import { readFault } from "../../shell/read-fault.ts";
import { rootRoute } from "../../shell/root-route.ts";
import { place } from "./i18n/place.ts";
import { words } from "./i18n/words.ts";

// Pages that most visits do not open come when they are wanted: a pointer over the way there is enough.
const SettingsPage = lazyRouteComponent(
  () => words.alongside(import("./screens/settings-screen.tsx")),
  "SettingsScreen",
);
const SecurityPage = lazyRouteComponent(
  () => words.alongside(import("./screens/security-screen.tsx")),
  "SecurityScreen",
);
const DevicesPage = lazyRouteComponent(() => words.alongside(import("./screens/devices-screen.tsx")), "DevicesScreen");
const DataPage = lazyRouteComponent(() => words.alongside(import("./screens/data-screen.tsx")), "DataScreen");
const LeavePage = lazyRouteComponent(() => words.alongside(import("./screens/leave-screen.tsx")), "LeaveScreen");
const GoodbyePage = lazyRouteComponent(() => words.alongside(import("./screens/leave-screen.tsx")), "GoodbyeScreen");

const list = createLazyModule(() => import("./settings-list.tsx").then(({ SettingsList }) => SettingsList));
const listPane: ListPane = {
  label: place.text("page"),
  List: () => {
    const SettingsList = list.useLoaded();
    return SettingsList && createElement(SettingsList);
  },
};

const under = { getParentRoute: () => rootRoute };
const beside = { ...under, staticData: { listPane } };

const page = createRoute({ ...beside, path: "/settings", component: SettingsPage });
const security = createRoute({
  ...beside,
  path: "/settings/security",
  component: SecurityPage,
  validateSearch: readFault,
});
const devices = createRoute({ ...beside, path: "/settings/devices", component: DevicesPage });
const data = createRoute({ ...beside, path: "/settings/data", component: DataPage });
const leave = createRoute({ ...beside, path: "/settings/leave", component: LeavePage });
const goodbye = createRoute({
  ...under,
  path: "/goodbye",
  component: GoodbyePage,
  staticData: { audience: "anyone" },
  validateSearch: (search: Record<string, unknown>): { until?: string } =>
    typeof search.until === "string" ? { until: search.until } : {},
});

/** One's own account, and how things look. */
export const settings = {
  name: "settings",
  routes: [page, security, devices, data, leave, goodbye],
  signedIn: createLazyModule(() => place.alongside(import("./signed-in.ts"))),
} satisfies WebFeature;
