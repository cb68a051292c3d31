import { describeDevice } from "./shell/device-name.ts";
import { followViewport } from "./shell/follow-viewport.ts";
import { startI18n } from "./shell/i18n/index.ts";
import "./main.css";

/** Fetches the program and draws it. Each part is evaluated in a turn of its own, so that a slow phone answers a tap in between. */
async function start(): Promise<void> {
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
}

// What follows from either is public/recover-start.js.
start().then(
  () => window.dispatchEvent(new Event("maru:started")),
  (error: unknown) => {
    console.warn("Maru did not start.", error);
    window.dispatchEvent(new Event("maru:start-failed"));
  },
);
