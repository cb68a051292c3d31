import { createClient } from "@maru/client";
import { createRoot } from "react-dom/client";
import { App } from "./shell/app.tsx";
import { describeDevice } from "./shell/device-name.ts";
import { followViewport } from "./shell/follow-viewport.ts";
import { startI18n } from "./shell/i18n/index.ts";
import { house } from "./shell/root.tsx";
import "./main.css";

startI18n();
followViewport();
house.load();
const client = createClient({ url: window.location.origin, deviceName: describeDevice(navigator.userAgent) });
const place = document.getElementById("root");
if (place) createRoot(place).render(<App client={client} />);
