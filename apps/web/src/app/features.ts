import { auth } from "../features/auth/index.ts";
import { match } from "../features/match/index.ts";
import { palette } from "../features/palette/index.ts";
import { rooms } from "../features/rooms/index.ts";
import { settings } from "../features/settings/index.ts";

/** Every feature of the app, in the order in which their parts are drawn. A new one is added here, and nowhere else. */
export const features = [match, rooms, settings, auth, palette] as const;
