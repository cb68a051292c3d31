import { describeDevice } from "./shell/device-name.ts";
import { followViewport } from "./shell/follow-viewport.ts";
import { startI18n } from "./shell/i18n/index.ts";
import "./main.css";

// Each part is fetched at once and evaluated in a turn of its own, so that a slow phone answers a tap in between.
const [{ createClient }, { createRoot }, { App }, { forgetAll }] = await Promise.all([
  import("@maru/client"),
  import("react-dom/client"),
  import("./app/app.tsx"),
  import("./app/forget.ts"),
  startI18n(),
]);
followViewport();
const client = createClient({
  url: window.location.origin,
  deviceName: describeDevice(navigator.userAgent),
  // Most who come to the first page are visitors: it does not wait for an answer that can be foreseen.
  restores: window.location.pathname === "/" ? "likely" : "always",
});
client.onWiped(forgetAll);
const place = document.getElementById("root");
if (place) createRoot(place).render(<App client={client} />);
